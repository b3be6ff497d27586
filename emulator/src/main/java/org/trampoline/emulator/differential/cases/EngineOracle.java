package org.trampoline.emulator.differential.cases;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.UndefinedFlags;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Host;

/**
 * Any {@link Engine} as an oracle: of a user's own, Unicorn, our machine with its translator. The
 * engine needs paging, an LDT, and exceptions delivered from ring 3 to ring 0. Batches of mode
 * CHAIN it runs as one program ({@link ChainProgram}), others case by case.
 */
public final class EngineOracle implements Oracle {
  private static final Register[] GENERAL = {
    Register.EAX,
    Register.ECX,
    Register.EDX,
    Register.EBX,
    Register.ESP,
    Register.EBP,
    Register.ESI,
    Register.EDI
  };

  private static final Register[] DATA_SEGMENTS = {
    Register.ES, Register.DS, Register.FS, Register.GS
  };

  private static final int[] DATA_SELECTORS = {
    CaseRecord.ES, CaseRecord.DS, CaseRecord.FS, CaseRecord.GS
  };

  /** The instructions of a chain around each case, and those at its start, generously. */
  private static final int AROUND = 40;

  /**
   * Instructions that an engine may execute of a sequence: more than one takes, so at full speed.
   */
  private static final int AT_ONCE = 1 << 16;

  private static final long RECORDS = CaseWorld.CHAIN_RECORDS - CaseWorld.CHAIN;

  private final Engine engine;
  private final String label;
  private final MemorySegment ram;
  private final ChainProgram chain;
  private final CasePorts ports;
  private final CaseCode code;

  /** For ring 0; made when the first such batch comes. */
  private SystemCases system;

  /**
   * Takes over an engine in its reset state; {@link #close} closes it.
   *
   * @param label what it is, for people
   * @throws IllegalArgumentException if it has less than 8 MB of RAM
   */
  public EngineOracle(Engine engine, String label) {
    this(engine, label, null);
  }

  /**
   * The same with ports that let instructions of input and output be compared in ring 0.
   *
   * @param ports the engine's; null if it has others
   */
  public EngineOracle(Engine engine, String label, CasePorts ports) {
    this.engine = engine;
    this.label = label;
    this.ports = ports;
    ram = engine.ram();
    code = new CaseCode(engine);
    chain = new ChainProgram(ram.address() + EngineWorld.CHAIN_AT);
    EngineWorld.build(engine);
  }

  @Override
  public String name() {
    return engine.name();
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public String whyNot(Form form) {
    return null;
  }

  @Override
  public String whyNot(Form form, CaseBatch.Mode mode) {
    return mode == CaseBatch.Mode.SYSTEM && form.has(Attribute.IO) && ports == null
        ? "its ports do not tell what was said to them"
        : Oracle.super.whyNot(form, mode);
  }

  @Override
  public boolean definesAll() {
    return engine instanceof Machine machine
        && machine.cpu().undefinedFlags == UndefinedFlags.USUAL;
  }

  @Override
  public void show(List<GdtEntry> gdt) {
    EngineWorld.show(engine, gdt);
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
    boolean chained = batch.mode() == CaseBatch.Mode.CHAIN;
    EngineWorld.showChain(engine, chained);
    MemorySegment.copy(batch.data(), 0, ram, EngineWorld.DATA_AT, CaseWorld.DATA_MAPPED);
    if (chained) {
      chain(batch, results);
    } else if (batch.mode() == CaseBatch.Mode.SYSTEM) {
      if (system == null) {
        system = new SystemCases(engine, ports, false);
      }
      system.run(batch, results);
    } else {
      code.take(batch);
      for (int i = 0; i < batch.runs(); i++) {
        CaseRun run = batch.run(i);
        for (int k = run.first; k < run.first + run.count; k++) {
          results.reach(k);
          trap(run, batch.record(k), results.record(k), batch.fx());
        }
      }
    }
    results.takeData(data());
  }

  // ---- a batch as one program

  private void chain(CaseBatch batch, CaseResults results) {
    MemorySegment records = batch.records();
    int distance = ChainProgram.RESULT_DISTANCE;
    long at = EngineWorld.CHAIN_AT + RECORDS;
    MemorySegment.copy(records, 0, ram, at, records.byteSize());
    chain.write(batch);
    engine.codeChanged(EngineWorld.CHAIN_AT, (int) RECORDS);
    ChainProgram.prefill(batch, ram.address() + at + distance);
    for (int i = 0; i < GENERAL.length; i++) {
      engine.set(GENERAL[i], 0);
    }
    long entry = batch.record(0);
    segments(entry);
    EngineWorld.enter(engine, CaseWorld.CHAIN_CODE, Eflags.FIXED | Eflags.IF);
    int left = batch.cases() + 1;
    while (left-- > 0) {
      StopReason reason = engine.run((long) batch.cases() * AROUND + AROUND);
      int vector = EngineWorld.vector(engine);
      if (vector == Vector.BP || vector < 0 || !(reason instanceof StopReason.Halted)) {
        break;
      }
      long result =
          ram.address()
              + EngineWorld.CHAIN_AT
              + (word(CaseWorld.CHAIN_CURRENT) - CaseWorld.CHAIN)
              + distance;
      fault(vector, result, batch.fx());
      EngineWorld.resume(engine, word(CaseWorld.CHAIN_SKIP));
    }
    MemorySegment.copy(ram, at + distance, results.records(), 0, records.byteSize());
    int reached = (word(CaseWorld.CHAIN_CURRENT) - CaseWorld.CHAIN_RECORDS) / batch.stride();
    ChainProgram.conclude(batch, results, reached);
  }

  private int word(int field) {
    return ram.get(ValueLayout.JAVA_INT_UNALIGNED, EngineWorld.CHAIN_AT + field - CaseWorld.CHAIN);
  }

  // ---- case by case

  private void trap(CaseRun run, long record, long result, boolean fx) {
    if (fx) {
      EngineWorld.loadFx(engine, record + CaseRecord.FX);
    }
    for (int i = 0; i < GENERAL.length; i++) {
      if (GENERAL[i] != Register.ESP) {
        engine.set(GENERAL[i], CaseRecord.register(record, i));
      }
    }
    segments(record);
    EngineWorld.enter(engine, record);
    engine.run(1); // iret
    if (Host.get16(record + CaseRecord.SS) == CaseWorld.DATA_16) {
      // iret to a 16-bit stack leaves the upper half of esp as ring 0 had it
      engine.set(Register.ESP, Host.get32(record + CaseRecord.ESP));
    }
    engine.run(run.program == null ? 2 : AT_ONCE); // the instruction, int3
    int vector = EngineWorld.vector(engine);
    if (vector < 0) {
      CaseRecord.fault(result, CaseRecord.NO_RESULT, 0, 0);
      EngineWorld.leave(engine);
      return;
    }
    fault(vector, result, fx);
    TrapFrame.outcome(run, result);
  }

  private void segments(long record) {
    for (int i = 0; i < DATA_SEGMENTS.length; i++) {
      int selector = Host.get16(record + DATA_SELECTORS[i]);
      if (engine.get(DATA_SEGMENTS[i]) != selector) {
        engine.set(DATA_SEGMENTS[i], selector);
      }
    }
  }

  /** Stores the state that an exception has interrupted. */
  private void fault(int vector, long result, boolean fx) {
    for (int i = 0; i < GENERAL.length; i++) {
      Host.put32(result + CaseRecord.general(i), engine.get(GENERAL[i]));
    }
    for (int i = 0; i < DATA_SEGMENTS.length; i++) {
      Host.put16(result + DATA_SELECTORS[i], engine.get(DATA_SEGMENTS[i]));
    }
    int esp = engine.get(Register.ESP);
    TrapFrame.read(ram, esp, vector, engine.get(Register.CR2), result);
    if (fx) {
      EngineWorld.storeFx(engine, result + CaseRecord.FX);
    }
    engine.set(Register.ESP, esp);
  }

  @Override
  public void close() {
    engine.close();
  }
}
