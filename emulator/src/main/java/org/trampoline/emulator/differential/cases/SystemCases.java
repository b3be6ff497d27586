package org.trampoline.emulator.differential.cases;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.Mmu;

/**
 * Executes batches of mode SYSTEM on an engine. Behind each instruction, and where branches arrive,
 * lies {@code hlt}, as in the handlers of all exceptions: so a case ends in the same way whatever
 * it does. What an exception pushes on the case's stack is taken from there.
 */
final class SystemCases {
  private static final Register[] SEGMENTS = {
    Register.ES, Register.CS, Register.SS, Register.DS, Register.FS, Register.GS
  };

  private static final Register[] CONTROL = {
    Register.CR0, Register.CR2, Register.CR3, Register.CR4
  };

  private static final int PAGED_AND_PROTECTED = Control.CR0_PG | Control.CR0_PE;

  /** More instructions than a case takes; so many that translated code is entered. */
  private static final int AT_ONCE = 1 << 16;

  /** The instruction, one of another kind that it leads to, and their exceptions. */
  private static final int STEPS = 6;

  private static final byte HLT = (byte) 0xf4;
  private static final byte INT3 = (byte) 0xcc;

  private final Engine engine;
  private final CasePorts ports;
  private final boolean stepwise;
  private final SystemWorld world;
  private final MemorySegment ram;
  private final int[] debug = new int[SystemRecord.DEBUG_REGISTERS];
  private final int[] msrs = new int[SystemRecord.MSRS];

  /**
   * @param ports the engine's; null if it has others
   * @param stepwise whether instructions are to be executed one by one
   */
  SystemCases(Engine engine, CasePorts ports, boolean stepwise) {
    this.engine = engine;
    this.ports = ports == null ? new CasePorts() : ports;
    this.stepwise = stepwise;
    ram = engine.ram();
    world = new SystemWorld(engine);
  }

  /** Executes a batch whose data are in the engine's memory, and leaves code as others want it. */
  void run(CaseBatch batch, CaseResults results) {
    int from = CaseWorld.LANDING - CaseWorld.CODE;
    int size = batch.codeEnd() + CaseBatch.SHORT_REACH - CaseWorld.LANDING;
    size = Math.min(size, CaseWorld.CODE_SIZE - from);
    MemorySegment code = ram.asSlice(EngineWorld.CODE_AT + from, size);
    code.fill(HLT);
    for (int i = 0; i < batch.runs(); i++) {
      CaseRun run = batch.run(i);
      MemorySegment bytes = MemorySegment.ofArray(run.code);
      MemorySegment.copy(bytes, 0, code, run.at - CaseWorld.LANDING, run.length);
    }
    engine.codeChanged(EngineWorld.CODE_AT + from, size);
    world.show(true);
    for (int i = 0; i < batch.runs(); i++) {
      CaseRun run = batch.run(i);
      for (int k = run.first; k < run.first + run.count; k++) {
        results.reach(k);
        execute(run, batch.record(k), results.record(k), batch.fx());
      }
    }
    world.show(false);
    code.fill(INT3);
    engine.codeChanged(EngineWorld.CODE_AT + from, size);
  }

  private void execute(CaseRun run, long record, long result, boolean fx) {
    enter(run.insn, record, fx);
    ports.begin();
    StopReason reason = engine.run(stepwise ? 1 : AT_ONCE);
    for (int i = 1; i < STEPS && reason instanceof StopReason.InstructionLimit; i++) {
      reason = engine.run(stepwise ? 1 : AT_ONCE);
    }
    outcome(run, record, result, reason);
    leave(run.insn, result, fx);
  }

  private void enter(Insn insn, long record, boolean fx) {
    if (fx) {
      EngineWorld.loadFx(engine, record + CaseRecord.FX);
    }
    if (debugs(insn)) {
      words(record + SystemRecord.DEBUG, debug);
      world.loadDebug(debug);
    }
    if (specific(insn)) {
      words(record + SystemRecord.MSR, msrs);
      world.loadMsrs(msrs);
    }
    for (int i = 0; i < SEGMENTS.length; i++) {
      int selector = Host.get16(record + CaseRecord.segment(i));
      if (i != SegmentRegister.CS && engine.get(SEGMENTS[i]) != selector) {
        engine.set(SEGMENTS[i], selector);
      }
    }
    world.restoreDescriptors();
    for (int i = 0; i < CONTROL.length; i++) {
      control(CONTROL[i], Host.get32(record + SystemRecord.CR0 + 4L * i));
    }
    for (int i = 0; i < 8; i++) {
      engine.set(Register.general(i), CaseRecord.register(record, i));
    }
    engine.set(Register.EFLAGS, Host.get32(record + CaseRecord.EFLAGS));
    engine.set(Register.EIP, Host.get32(record + CaseRecord.EIP));
  }

  private void control(Register register, int value) {
    if (engine.get(register) != value) {
      engine.set(register, value);
    }
  }

  private static void words(long from, int[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = Host.get32(from + 4L * i);
    }
  }

  private static boolean debugs(Insn insn) {
    return insn.operation == Operation.MOV_FROM_DEBUG || insn.operation == Operation.MOV_TO_DEBUG;
  }

  private static boolean specific(Insn insn) {
    return switch (insn.operation) {
      case RDMSR, WRMSR, SYSENTER, SYSEXIT -> true;
      default -> false;
    };
  }

  private static boolean loadsTables(Insn insn) {
    return insn.operation == Operation.LGDT || insn.operation == Operation.LIDT;
  }

  // ---- what has come of it

  private void outcome(CaseRun run, long record, long result, StopReason reason) {
    SystemRecord.start(result);
    Host.put32(result + CaseRecord.UNUSED, 0);
    if (reason instanceof StopReason.TripleFault || reason instanceof StopReason.Fault) {
      shutdown(result);
      return;
    }
    for (int i = 0; i < 8; i++) {
      CaseRecord.register(result, i, engine.get(Register.general(i)));
    }
    for (int i = 0; i < SEGMENTS.length; i++) {
      Host.put16(result + CaseRecord.segment(i), engine.get(SEGMENTS[i]));
    }
    for (int i = 0; i < CONTROL.length; i++) {
      Host.put32(result + SystemRecord.CR0 + 4L * i, engine.get(CONTROL[i]));
    }
    Host.put32(result + SystemRecord.LDTR, engine.get(Register.LDTR));
    Host.put32(result + SystemRecord.TR, engine.get(Register.TR));
    Host.put32(result + SystemRecord.DESCRIPTORS, world.descriptors());
    Host.put32(result + SystemRecord.PORTS, ports.talk());
    int eip = engine.get(Register.EIP);
    Host.put32(result + CaseRecord.EFLAGS, engine.get(Register.EFLAGS));
    CaseRecord.completed(result);
    int vector = EngineWorld.vector(engine);
    boolean handler = vector >= 0 && engine.get(Register.CS) == SystemWorld.KERNEL_CODE;
    if (handler) {
      exception(run, record, result, vector);
    } else if (!(reason instanceof StopReason.Halted)) {
      // it has come to where there is no memory
      Host.put32(result + CaseRecord.EIP, eip);
      if (reason instanceof StopReason.InstructionLimit || eip == run.at) {
        CaseRecord.fault(result, CaseRecord.NO_RESULT, 0, 0);
      }
    } else {
      boolean itself = run.insn.operation == Operation.HLT && eip == run.at + run.length;
      Host.put32(result + SystemRecord.HALTED, itself ? 1 : 0);
      Host.put32(result + CaseRecord.EIP, itself ? eip : eip - 1);
    }
  }

  private static void shutdown(long result) {
    for (int offset = 0; offset < CaseRecord.SIZE; offset += 8) {
      Host.put64(result + offset, 0);
    }
    for (int offset = 0; offset < CaseRecord.FX_USED; offset += 8) {
      Host.put64(result + CaseRecord.FX + offset, 0);
    }
    CaseRecord.fault(result, CaseRecord.SHUTDOWN, 0, 0);
  }

  /**
   * Takes the state that an exception has interrupted from its frame, and the frame from memory.
   */
  private void exception(CaseRun run, long record, long result, int vector) {
    int esp = engine.get(Register.ESP);
    int base = engine.get(Register.SS) == SystemWorld.STACK_16 ? CaseWorld.DATA : 0;
    int frame = physical(base + esp);
    boolean software = run.insn.operation == Operation.INT && vector == (run.insn.imm & 0xff);
    boolean hasCode = Vector.hasErrorCode(vector) && !software;
    if (frame < 0) {
      CaseRecord.fault(result, CaseRecord.NO_RESULT, 0, 0);
      return;
    }
    int errorCode = hasCode ? take(frame) : 0;
    int at = hasCode ? 4 : 0;
    int eip = take(frame + at);
    int cs = take(frame + at + 4);
    int flags = take(frame + at + 8);
    Host.put32(result + CaseRecord.EIP, eip);
    Host.put16(result + CaseRecord.CS, cs);
    Host.put32(result + CaseRecord.EFLAGS, flags);
    Host.put32(result + CaseRecord.ESP, esp + at + 12);
    if ((cs & 3) != 0) {
      Host.put32(result + CaseRecord.ESP, take(frame + at + 12));
      Host.put16(result + CaseRecord.SS, take(frame + at + 16));
    }
    int address = vector == Vector.PF && !software ? engine.get(Register.CR2) : 0;
    CaseRecord.fault(result, vector, errorCode & 0xffff, address);
    if (vector == Vector.PF && !software) {
      Host.put32(result + SystemRecord.CR2, 0);
    }
    boolean elsewhere = eip != run.at && !(eip == run.at + run.length && software(run.insn));
    if (elsewhere && arrived(vector, result, cs)) {
      CaseRecord.completed(result); // it has jumped there
      Host.put32(result + SystemRecord.CR2, Host.get32(record + SystemRecord.CR2));
      Host.put32(result + CaseRecord.EFLAGS, flags & ~Eflags.RF);
    }
  }

  private static boolean software(Insn insn) {
    return switch (insn.operation) {
      case INT, INT3, INTO, INT1 -> true;
      default -> false;
    };
  }

  /** Whether an exception is that of code in ring 3, or of a fetch. */
  private static boolean arrived(int vector, long result, int cs) {
    int errorCode = Host.get16(result + CaseRecord.ERROR_CODE);
    boolean itself = Host.get32(result + CaseRecord.ADDRESS) == Host.get32(result + CaseRecord.EIP);
    return vector == Vector.PF && (itself || (errorCode & Mmu.FAULT_FETCH) != 0)
        || vector == Vector.GP && errorCode == 0;
  }

  private int take(int physical) {
    int value = ram.get(JAVA_INT_UNALIGNED, physical);
    ram.set(JAVA_INT_UNALIGNED, physical, 0);
    return value;
  }

  /** Where a frame at that linear address lies in memory; -1 if cases have no stack there. */
  private static int physical(int linear) {
    int offset = linear - CaseWorld.DATA;
    if (offset >= 0 && offset <= CaseWorld.DATA_MAPPED - 16) {
      return EngineWorld.DATA_AT + offset;
    }
    boolean system = linear >= EngineWorld.SYSTEM && linear < EngineWorld.STACK_TOP;
    return system ? EngineWorld.stackAt(linear) : -1;
  }

  // ---- back

  private void leave(Insn insn, long result, boolean fx) {
    int cr0 = engine.get(Register.CR0);
    boolean usual =
        (cr0 & PAGED_AND_PROTECTED) == PAGED_AND_PROTECTED
            && engine.get(Register.CR3) == EngineWorld.DIRECTORY
            && (engine.get(Register.CR4) & ~SystemRecord.USUAL_CR4 & Control.CR4_PAE) == 0
            && engine.get(Register.CS) == SystemWorld.KERNEL_CODE
            && (engine.get(Register.EFLAGS) & Eflags.VM) == 0
            && CaseRecord.vector(result) != CaseRecord.SHUTDOWN;
    if (!usual) {
      world.reboot();
    }
    engine.set(Register.EFLAGS, Eflags.FIXED);
    control(Register.CR0, SystemRecord.USUAL_CR0);
    control(Register.CR4, SystemRecord.USUAL_CR4);
    if (engine.get(Register.SS) != SystemWorld.KERNEL_DATA) {
      engine.set(Register.SS, SystemWorld.KERNEL_DATA);
    }
    if (loadsTables(insn)) {
      world.storeTables();
      Host.put32(result + SystemRecord.GDTR_LIMIT, world.scratch(0) & 0xffff);
      Host.put32(result + SystemRecord.GDTR_BASE, world.scratch(2));
      Host.put32(result + SystemRecord.IDTR_LIMIT, world.scratch(8) & 0xffff);
      Host.put32(result + SystemRecord.IDTR_BASE, world.scratch(10));
      world.loadTables();
    }
    if (insn.operation == Operation.LLDT || insn.operation == Operation.LTR) {
      world.loadTaskRegisters();
    }
    if (debugs(insn)) {
      world.storeDebug();
      for (int i = 0; i < debug.length; i++) {
        Host.put32(result + SystemRecord.DEBUG + 4L * i, world.scratch(4 * i));
      }
    }
    if (specific(insn)) {
      world.storeMsrs();
      for (int i = 0; i < msrs.length; i++) {
        Host.put32(result + SystemRecord.MSR + 4L * i, world.scratch(4 * i));
      }
    }
    if (fx && CaseRecord.vector(result) != CaseRecord.SHUTDOWN) {
      EngineWorld.storeFx(engine, result + CaseRecord.FX);
    }
  }
}
