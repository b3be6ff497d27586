package org.trampoline.emulator.differential.cases;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.UndefinedFlags;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.Host;

/**
 * Our machine: each case is one instruction of its interpreter, which decodes the encoding once for
 * all of a run's cases. States are put into the processor and taken from it directly.
 */
public final class MachineOracle implements Oracle {
  private static final Register[] SEGMENTS = {
    Register.ES, Register.CS, Register.SS, Register.DS, Register.FS, Register.GS
  };

  /** Instructions of a sequence at most: one that takes more is undecided. */
  static final int MOST_STEPS = 20_000;

  /** The same at full speed: enough for one that pops its way through all of the data. */
  static final int MOST_AT_FULL_SPEED = 1 << 21;

  private final Machine machine;
  private final boolean wholeBlocks;
  private final Cpu cpu;
  private final MemorySegment ram;
  private final CasePorts ports = new CasePorts();
  private final CaseCode code;

  /** For ring 0; made when the first such batch comes. */
  private SystemCases system;

  /** Executes sequences, too, one instruction after the other, through the definitions. */
  public MachineOracle() {
    this(UndefinedFlags.USUAL, false);
  }

  /** With a profile of undefined flags, which comparisons leave out as a rule. */
  MachineOracle(UndefinedFlags profile) {
    this(profile, false);
  }

  private MachineOracle(UndefinedFlags profile, boolean wholeBlocks) {
    this.wholeBlocks = wholeBlocks;
    machine =
        Machine.builder()
            .memory(EngineWorld.MEMORY)
            .cpu(CpuModel.MAX)
            .engine(ExecutionEngine.INTERPRETER)
            .undefinedFlags(profile)
            .ports(ports)
            .build();
    cpu = machine.cpu();
    ram = machine.ram();
    code = new CaseCode(machine);
    EngineWorld.build(machine);
    machine.set(Register.EIP, 0); // it was halted
  }

  /**
   * Executes sequences at full speed, through the hot loop. Single instructions take the same way
   * as ever.
   */
  public static MachineOracle atFullSpeed() {
    return new MachineOracle(UndefinedFlags.USUAL, true);
  }

  @Override
  public String name() {
    return "interpreter";
  }

  @Override
  public String label() {
    return "Trampoline's interpreter";
  }

  @Override
  public String whyNot(Form form) {
    return null;
  }

  @Override
  public void show(List<GdtEntry> gdt) {
    EngineWorld.show(machine, gdt);
  }

  @Override
  public CaseResults results() {
    return CaseResults.in(null, data());
  }

  private MemorySegment data() {
    return ram.asSlice(EngineWorld.DATA_AT, CaseWorld.DATA_SIZE);
  }

  @Override
  public void run(CaseBatch batch, CaseResults results) {
    code.take(batch);
    MemorySegment.copy(batch.data(), 0, ram, EngineWorld.DATA_AT, CaseWorld.DATA_MAPPED);
    if (batch.mode() == CaseBatch.Mode.SYSTEM) {
      if (system == null) {
        system = new SystemCases(machine, ports, !wholeBlocks);
      }
      system.run(batch, results);
    } else if (batch.mode() == CaseBatch.Mode.SEQUENCE) {
      int most = wholeBlocks ? MOST_AT_FULL_SPEED : MOST_STEPS;
      for (int i = 0; i < batch.runs(); i++) {
        CaseRun run = batch.run(i);
        for (int k = run.first; k < run.first + run.count; k++) {
          execute(batch.record(k), results.record(k), batch.fx(), most);
          TrapFrame.outcome(run, results.record(k));
        }
      }
    } else {
      for (int i = 0; i < batch.cases(); i++) {
        execute(batch.record(i), results.record(i), batch.fx(), 1);
      }
    }
    results.takeData(data());
  }

  /**
   * Executes a case.
   *
   * @param steps how many instructions at most, one by one
   */
  private void execute(long record, long result, boolean fx, int steps) {
    Cpu c = cpu;
    for (int i = 0; i < 6; i++) {
      int selector = Host.get16(record + CaseRecord.segment(i));
      if (c.segment[i].selector != selector) {
        loadSegments(record);
        break;
      }
    }
    int[] r = c.reg;
    r[Cpu.EAX] = Host.get32(record + CaseRecord.EAX);
    r[Cpu.ECX] = Host.get32(record + CaseRecord.ECX);
    r[Cpu.EDX] = Host.get32(record + CaseRecord.EDX);
    r[Cpu.EBX] = Host.get32(record + CaseRecord.EBX);
    r[Cpu.ESP] = Host.get32(record + CaseRecord.ESP);
    r[Cpu.EBP] = Host.get32(record + CaseRecord.EBP);
    r[Cpu.ESI] = Host.get32(record + CaseRecord.ESI);
    r[Cpu.EDI] = Host.get32(record + CaseRecord.EDI);
    c.setEflags(Host.get32(record + CaseRecord.EFLAGS));
    c.resume = c.instructions; // RF, if it is set, is for the instruction to come
    c.debugTraps = 0;
    c.halted = false;
    c.stepping = false;
    c.noticeEvents();
    c.eip = Host.get32(record + CaseRecord.EIP);
    if (fx) {
      MachineFx.load(c, record + CaseRecord.FX);
    }
    StopReason reason = machine.run(steps == 1 || !wholeBlocks ? 1 : steps);
    for (int i = 1; i < steps && !wholeBlocks && c.cpl == 3; i++) {
      reason = machine.run(1);
    }
    r = c.reg;
    Host.put32(result + CaseRecord.EAX, r[Cpu.EAX]);
    Host.put32(result + CaseRecord.ECX, r[Cpu.ECX]);
    Host.put32(result + CaseRecord.EDX, r[Cpu.EDX]);
    Host.put32(result + CaseRecord.EBX, r[Cpu.EBX]);
    Host.put32(result + CaseRecord.EBP, r[Cpu.EBP]);
    Host.put32(result + CaseRecord.ESI, r[Cpu.ESI]);
    Host.put32(result + CaseRecord.EDI, r[Cpu.EDI]);
    for (int i = 0; i < 6; i++) {
      Host.put16(result + CaseRecord.segment(i), c.segment[i].selector);
    }
    if (fx) {
      MachineFx.store(c, result + CaseRecord.FX);
    }
    if (c.cpl == 3) {
      Host.put32(result + CaseRecord.ESP, r[Cpu.ESP]);
      Host.put32(result + CaseRecord.EFLAGS, c.getEflags());
      Host.put32(result + CaseRecord.EIP, c.eip);
      CaseRecord.completed(result);
    } else {
      int vector = EngineWorld.vector(machine);
      TrapFrame.read(ram, r[Cpu.ESP], vector, c.cr2, result);
    }
    boolean ended = steps == 1 ? reason instanceof StopReason.InstructionLimit : c.cpl != 3;
    if (!ended) {
      CaseRecord.fault(result, CaseRecord.NO_RESULT, 0, 0);
    }
  }

  private void loadSegments(long record) {
    for (int i = 0; i < 6; i++) {
      int selector = Host.get16(record + CaseRecord.segment(i));
      if (cpu.segment[i].selector != selector) {
        machine.set(SEGMENTS[i], selector);
      }
    }
  }

  @Override
  public void close() {
    machine.close();
  }
}
