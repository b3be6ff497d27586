package org.trampoline.emulator.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.device.InterruptController;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.execute.simd.SimdState;
import org.trampoline.emulator.execute.x87.Fpu;
import org.trampoline.emulator.fault.AccessChecks;
import org.trampoline.emulator.fault.DeliveryHook;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.StackFrame;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Mmu;
import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * The architectural state of one processor. Semantics are elsewhere (package {@code execute} and
 * {@code fault}); they work on these fields, which are public for them and for the engines.
 * Embedders use {@code Machine}.
 *
 * <p><b>eip.</b> While an instruction executes, {@link #eip} already points to the next one, as a
 * call pushes it and a relative jump adds to it. When a {@link GuestFault} leaves the instruction,
 * the engine sets eip back to the instruction's start (faults) before delivery.
 *
 * <p><b>Status flags</b> are kept unevaluated, always in the same form, so neither setting nor
 * testing them branches on what was last executed:
 *
 * <ul>
 *   <li>ZF = ({@link #zero} == 0);
 *   <li>SF = bit 31 of {@link #sign}, PF = even parity of bits 7:0 of {@link #sign};
 *   <li>CF = bit 31 of {@link #carry}, OF = bit 31 xor bit 30, AF = bit 3.
 * </ul>
 *
 * The bits of {@link #carry} are the carries out of the bits of an addition, shifted to the top for
 * narrow operands. All other flags are in {@link #eflags}, whose status bits are always 0.
 */
public final class Cpu implements StatePart {
  private static final VarHandle EVENTS = eventsHandle();

  public static final int EAX = 0;
  public static final int ECX = 1;
  public static final int EDX = 2;
  public static final int EBX = 3;
  public static final int ESP = 4;
  public static final int EBP = 5;
  public static final int ESI = 6;
  public static final int EDI = 7;

  /**
   * The general registers; element 8 is always 0 and stands for an absent base or index, those
   * behind it are the interpreter's within an instruction.
   */
  public final int[] reg = new int[16];

  public int eip;

  public int zero;
  public int sign;
  public int carry;

  /** Everything in EFLAGS but the status flags. */
  public int eflags;

  /** ES, CS, SS, DS, FS, GS in the SDM's numbering. */
  public final SegmentRegister[] segment = new SegmentRegister[6];

  public final SegmentRegister ldtr = new SegmentRegister(6);
  public final SegmentRegister tr = new SegmentRegister(7);

  public int gdtBase;
  public int gdtLimit;
  public int idtBase;
  public int idtLimit;

  public int cr0;
  public int cr2;
  public int cr3;
  public int cr4;

  /** DR0–DR7; 4 and 5 are unused. */
  public final int[] dr = new int[8];

  /** Current privilege level, 0–3; set it through {@link #setCpl}. */
  public int cpl;

  /** Default operand and address size is 32 bits: CS.D. */
  public boolean code32;

  /** Stack pointer is ESP and not SP: SS.B. */
  public boolean stack32;

  /** Instructions completed since the processor was made; virtual time is derived from it. */
  public long instructions;

  /**
   * While this equals {@link #instructions} at an instruction boundary, interrupts (and for MOV SS
   * also debug exceptions) are held off: the shadow of STI, MOV SS and POP SS.
   */
  public long shadow = -1;

  /** Whether the shadow is MOV SS's or POP SS's, which also holds off single-step traps. */
  public boolean stackShadow;

  /** INTR is asserted. */
  public boolean interruptLine;

  /** An NMI has been latched. */
  public boolean nmiPending;

  /** Between the delivery of an NMI and the next IRET no other NMI is taken. */
  public boolean nmiBlocked;

  /** HLT was executed and nothing has woken the processor since. */
  public boolean halted;

  /** It waits for a start-up IPI (SDM vol. 3, 8.4.3): it executes nothing and takes no event. */
  public boolean waitsForSipi;

  /**
   * Something may want attention at the next instruction boundary: a pending interrupt that may be
   * deliverable, TF, an armed breakpoint, a request to stop. The engine looks at this between
   * blocks, and single-steps while it is set; whoever changes such a thing sets it: by {@link
   * #askForEvents}, or from another thread by an assignment.
   */
  public volatile boolean eventsPending;

  /** The repeated string instruction just executed has gone back to its own start. */
  public boolean repeating;

  /** DR6 bits of debug traps that are due at the next instruction boundary. */
  public int debugTraps;

  /** EFLAGS.TF was set when the instruction now executing began: a single-step trap follows it. */
  public boolean stepping;

  /** While this equals {@link #instructions}, EFLAGS.RF was loaded for the instruction to come. */
  public long resume = -1;

  /** DR7 enables an instruction breakpoint. */
  public boolean codeBreakpoints;

  /** DR7 enables a data breakpoint: accesses have to be shown to {@code DebugTraps.access}. */
  public boolean dataBreakpoints;

  /** Who says which vector an asserted {@link #interruptLine} stands for. */
  public InterruptController interruptController = InterruptController.NONE;

  /** The vector of an interrupt that an embedder has injected; -1 for none. */
  public int injected = -1;

  /** Told of interrupts; null for nobody. */
  public DeliveryHook deliveryHook;

  private final AccessChecks accessChecks = new AccessChecks(this);

  /** The MMU shows data accesses to {@link #accessChecks}. */
  private transient boolean inspecting;

  /** The model-specific registers. */
  public final Msr msr = new Msr();

  /** The frame that a transfer of control is about to push, see {@link StackFrame}. */
  public final StackFrame frame = new StackFrame(this);

  /** The x87 FPU, whose registers are also those of MMX. */
  public final Fpu fpu = new Fpu();

  /** The XMM registers and MXCSR. */
  public final SimdState simd = new SimdState();

  /** Which of the machine's processors it is, from 0 on: also the ID of its local APIC. */
  public final int number;

  /** It has a local APIC, whatever its {@link #model} says. */
  public final boolean hasApic;

  public final CpuModel model;

  /** To be set before anything is executed, as decoded code depends on it. */
  public UndefinedFlags undefinedFlags = UndefinedFlags.USUAL;

  public final PhysicalMemory memory;
  public final Mmu mmu;
  public final Ports ports;

  /** Virtual time, and what is to happen at which instruction. */
  public final Clock clock;

  /** The one exception object of this CPU, see {@link GuestFault}. */
  public final GuestFault fault = new GuestFault();

  public Cpu(CpuModel model, PhysicalMemory memory, Ports ports) {
    this(model, memory, ports, Clock.DEFAULT_FREQUENCY);
  }

  /**
   * @param frequency of its {@link #clock}, in Hz
   */
  public Cpu(CpuModel model, PhysicalMemory memory, Ports ports, long frequency) {
    clock = new Clock(frequency, () -> instructions, this::askForEvents);
    number = 0;
    hasApic = false;
    this.model = model;
    this.memory = memory;
    this.ports = ports;
    mmu = newMmu();
    reset();
  }

  /**
   * One of several that share memory, ports and time, with a local APIC.
   *
   * @param number from 0 on; 0 is the one that starts after RESET
   */
  public Cpu(CpuModel model, PhysicalMemory memory, Ports ports, Clock clock, int number) {
    this.clock = clock;
    this.number = number;
    hasApic = true;
    this.model = model;
    this.memory = memory;
    this.ports = ports;
    mmu = newMmu();
    reset();
  }

  private static VarHandle eventsHandle() {
    try {
      return MethodHandles.lookup().findVarHandle(Cpu.class, "eventsPending", boolean.class);
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError("no field eventsPending", impossible);
    }
  }

  private Mmu newMmu() {
    for (int i = 0; i < segment.length; i++) {
      segment[i] = new SegmentRegister(i);
    }
    return new Mmu(memory, fault, model.has(CpuFeature.PSE36) ? 36 : 32);
  }

  /** The state after RESET (SDM vol. 3, table 9-1); virtual time goes on. */
  public void reset() {
    initCore();
    cr0 = Control.CR0_CD | Control.CR0_NW | Control.CR0_ET;
    msr.reset();
    msr.tscOffset = -clock.now();
    fpu.reset();
    simd.reset();
    if (number != 0) {
      msr.apicBase &= ~Msr.BOOT_PROCESSOR;
    }
    waitsForSipi = number != 0;
    setCpl(0);
    segmentsChanged();
    mmu.setNoExecute(false);
    mmu.setControl(cr0, cr3, cr4);
  }

  /**
   * The state after INIT (SDM vol. 3, table 9-1 and 8.4.3): as after RESET, but the caches, the
   * floating-point and model-specific registers and the time-stamp counter stay as they are. All
   * but the boot processor then wait for a start-up IPI.
   */
  public void init() {
    initCore();
    cr0 |= Control.CR0_ET;
    waitsForSipi = (msr.apicBase & Msr.BOOT_PROCESSOR) == 0;
    setCpl(0);
    segmentsChanged();
    mmu.setControl(cr0, cr3, cr4);
  }

  /**
   * A start-up IPI (SDM vol. 3, 8.4.3): real mode from the page with this number on. Ignored unless
   * the processor waits for it.
   */
  public void startUp(int vector) {
    if (waitsForSipi) {
      waitsForSipi = false;
      segment[SegmentRegister.CS].setReal(vector << 8);
      eip = 0;
      segmentsChanged();
      eventsPending = true;
    }
  }

  /** What RESET and INIT have in common. */
  private void initCore() {
    java.util.Arrays.fill(reg, 0);
    reg[EDX] = model.signature();
    eip = 0xfff0;
    setEflags(Eflags.FIXED);
    for (SegmentRegister s : segment) {
      s.set(0, 0, 0xffff, 0x93);
    }
    segment[SegmentRegister.CS].set(0xf000, 0xffff_0000, 0xffff, 0x93);
    ldtr.set(0, 0, 0xffff, 0x82);
    tr.set(0, 0, 0xffff, 0x8b);
    gdtBase = 0;
    gdtLimit = 0xffff;
    idtBase = 0;
    idtLimit = 0xffff;
    cr0 &= Control.CR0_CD | Control.CR0_NW;
    cr2 = 0;
    cr3 = 0;
    cr4 = 0;
    java.util.Arrays.fill(dr, 0);
    dr[6] = 0xffff_0ff0;
    dr[7] = 0x400;
    shadow = -1;
    interruptLine = false;
    injected = -1;
    nmiPending = false;
    nmiBlocked = false;
    halted = false;
    repeating = false;
    debugTraps = 0;
    stepping = false;
    resume = -1;
    codeBreakpoints = false;
    dataBreakpoints = false;
    eventsPending = true;
  }

  /** Halted, and no event is there that would end that: it need not be run. */
  public boolean asleep() {
    return halted
        && !((interruptLine || injected >= 0) && (eflags & Eflags.IF) != 0)
        && !(nmiPending && !nmiBlocked)
        && debugTraps == 0
        && !stepping;
  }

  @Override
  public void restored() {
    setCpl(cpl);
    segmentsChanged();
    mmu.setNoExecute((msr.efer & Msr.EFER_NXE) != 0);
    mmu.setControl(cr0, cr3, cr4);
    eventsPending = true;
  }

  /**
   * Makes the instruction that is executing start again, so that events can be taken; it will not
   * count as completed.
   *
   * @param length its length in bytes
   */
  public void repeatInstruction(int length) {
    eip -= length;
    repeating = true;
  }

  /**
   * Sets {@link #eventsPending} if the state asks for attention before the next instruction. To be
   * called after EFLAGS, CR0, DR7, the shadows or an interrupt input were changed; never clears it.
   */
  public void noticeEvents() {
    inspectAccesses();
    if ((eflags & (Eflags.TF | Eflags.RF)) != 0
        || (interruptLine || injected >= 0) && (eflags & Eflags.IF) != 0
        || nmiPending && !nmiBlocked
        || stepping
        || debugTraps != 0
        || codeBreakpoints
        || dataBreakpoints
        || halted) {
      askForEvents();
    }
  }

  /**
   * Sets {@link #eventsPending} from the thread that executes this processor, which sees it at
   * once: an assignment would wait until all of the host's processors do.
   */
  public void askForEvents() {
    EVENTS.setRelease(this, true);
  }

  /** Clears {@link #eventsPending} from that thread, which looks at all that may be due. */
  public void clearEvents() {
    EVENTS.setRelease(this, false);
  }

  public void setCpl(int cpl) {
    this.cpl = cpl;
    mmu.setUser(cpl == 3);
    inspectAccesses();
  }

  private void inspectAccesses() {
    boolean needed = AccessChecks.needed(this);
    if (needed != inspecting) {
      inspecting = needed;
      mmu.inspect(needed ? accessChecks : null);
    }
  }

  /** To be called after CS or SS was loaded: refreshes what is derived from their hidden parts. */
  public void segmentsChanged() {
    code32 = segment[SegmentRegister.CS].big();
    stack32 = segment[SegmentRegister.SS].big();
  }

  /** CR0.PE is set and EFLAGS.VM is not. */
  public boolean protectedMode() {
    return (cr0 & Control.CR0_PE) != 0 && (eflags & Eflags.VM) == 0;
  }

  /** EFLAGS.VM in protected mode. */
  public boolean virtual8086() {
    return (eflags & Eflags.VM) != 0;
  }

  /** I/O privilege level, 0–3. */
  public int iopl() {
    return eflags >> 12 & 3;
  }

  // ---- status flags

  public boolean cf() {
    return carry < 0;
  }

  public boolean zf() {
    return zero == 0;
  }

  public boolean sf() {
    return sign < 0;
  }

  public boolean of() {
    return (carry ^ carry << 1) < 0;
  }

  public boolean pf() {
    return (Integer.bitCount(sign & 0xff) & 1) == 0;
  }

  public boolean af() {
    return (carry & 8) != 0;
  }

  /** The whole register with the status flags evaluated. */
  public int getEflags() {
    return eflags
        | carry >>> 31
        | (pf() ? Eflags.PF : 0)
        | (carry & 8) << 1
        | (zero == 0 ? Eflags.ZF : 0)
        | sign >>> 31 << 7
        | (carry ^ carry << 1) >>> 31 << 11;
  }

  /** Sets the whole register, without any check of privilege; bit 1 reads as 1. */
  public void setEflags(int value) {
    eflags = value & ~Eflags.STATUS | Eflags.FIXED;
    setStatus(value);
  }

  /** Sets the six status flags from the bits of an EFLAGS image. */
  public void setStatus(int value) {
    zero = ~value & Eflags.ZF;
    sign = value << 24 & 0x8000_0000 | ((value & Eflags.PF) == 0 ? 1 : 0);
    int cf = value & 1;
    int of = value >> 11 & 1;
    carry = cf << 31 | (cf ^ of) << 30 | (value & Eflags.AF) >> 1;
  }

  /** Sets CF alone; OF and AF keep their values. */
  public void setCf(boolean cf) {
    int overflow = (carry ^ carry << 1) >>> 31;
    int bit = cf ? 1 : 0;
    carry = bit << 31 | (bit ^ overflow) << 30 | carry & 8;
  }

  // ---- registers by width

  /** 8-bit register in the SDM's numbering: al cl dl bl ah ch dh bh; 0–255. */
  public int reg8(int r) {
    return reg[r & 3] >>> ((r & 4) << 1) & 0xff;
  }

  public void reg8(int r, int value) {
    int shift = (r & 4) << 1;
    reg[r & 3] = reg[r & 3] & ~(0xff << shift) | (value & 0xff) << shift;
  }

  /** 16-bit register, 0–65535. */
  public int reg16(int r) {
    return reg[r] & 0xffff;
  }

  public void reg16(int r, int value) {
    reg[r] = reg[r] & 0xffff_0000 | value & 0xffff;
  }

  // ---- faults: throw cpu.gp(0);

  /** #GP with this error code, to be thrown. */
  public GuestFault gp(int errorCode) {
    return fault.set(Vector.GP, errorCode);
  }

  /** #UD, to be thrown. */
  public GuestFault ud() {
    return fault.set(Vector.UD);
  }

  // ---- segmentation

  /**
   * Linear address of {@code offset} in a segment, after the limit and type check for an access of
   * {@code size} bytes (SDM vol. 3, 5.3): #SS(0) for the stack segment, #GP(0) for the others.
   */
  public int readAddress(int number, int offset, int size) {
    SegmentRegister s = segment[number];
    if (!s.flat) {
      check(s, offset, size, s.readable);
    }
    return s.base + offset;
  }

  /** As {@link #readAddress}, for a write. */
  public int writeAddress(int number, int offset, int size) {
    SegmentRegister s = segment[number];
    if (!s.flat) {
      check(s, offset, size, s.writable);
    }
    return s.base + offset;
  }

  private void check(SegmentRegister s, int offset, int size, boolean allowed) {
    long first = offset & 0xffff_ffffL;
    if (!allowed || first < s.low || first + size - 1 > s.high) {
      throw fault.set(s.number == SegmentRegister.SS ? Vector.SS : Vector.GP, 0);
    }
  }
}
