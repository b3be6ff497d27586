package org.trampoline.emulator.oracle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.device.InterruptController;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.HostCall;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.fault.MachineStop;
import org.trampoline.emulator.fault.Vector;

/**
 * Unicorn as an {@link Engine}: RAM from physical 0, reset state, and what the library leaves to
 * its user: counting instructions (a repeated string instruction is one), stopping before an
 * address, host functions, and delivering exceptions and software interrupts through the guest's
 * IDT ({@link UnicornDelivery}).
 *
 * <p>A fault during delivery (a double fault) and gates other than 32-bit interrupt and trap gates
 * end the run with {@link StopReason.Fault}. External interrupts come from a board that is {@link
 * #connect connected}, at the instruction boundary at which their time has come. The observer's
 * {@code memoryWrite} and {@code memoryRead} are not called: Unicorn knows physical addresses only
 * and gives stores to {@code physicalWrite}.
 */
public final class UnicornEngine implements Engine {
  private static final Map<Register, UnicornRegister> NAMES = new EnumMap<>(Register.class);
  private static final Map<Register, Integer> PLACES = new EnumMap<>(Register.class);

  static {
    for (Register register : Register.values()) {
      PLACES.put(register, NAMES.size());
      NAMES.put(register, UnicornRegister.valueOf(register.name()));
    }
  }

  private final Arena arena = Arena.ofShared();
  private final MemorySegment ram;
  private final Unicorn unicorn;
  private final UnicornRegisterBatch registers;
  private final UnicornFaultState fault;
  private final UnicornDelivery delivery;
  private final FirstOpcode opcode;

  private final Map<Integer, HostCall> hostCalls = new HashMap<>();
  private final Set<Integer> stops = new HashSet<>();

  private Observer observer;
  private long writeHook;
  private volatile boolean stopRequested;

  /** {@link #registers} holds the engine's values. */
  private boolean registersRead;

  private long instructions;

  // What is known while a run goes on.
  private long limit;
  private boolean arriving;
  private StopReason reason;

  /** Linear address and length of the instruction being executed. */
  private int current;

  private int currentSize;

  /** The one at {@link #current} is being executed, so the next boundary completes it. */
  private boolean executing;

  /** 1 if the instruction at {@link #current} is a jump or call, 0 if not, -1 if not looked at. */
  private int transfers;

  private boolean eipWritten;

  /** CR2 before the instruction that faults. */
  private int cr2;

  /** RF is to be cleared after the run. */
  private boolean resumeLeft;

  /** The host function to be called as soon as Unicorn has stopped before {@link #callAddress}. */
  private HostCall pendingCall;

  private int callAddress;

  /** The function at {@link #callAddress} has been called, the instruction there comes next. */
  private boolean called;

  private boolean halted;
  private long stoppedAt;

  // The board, if there is one.
  private Clock clock;
  private InterruptController controller;
  private boolean interruptPin;

  /** An interrupt is to be delivered as soon as Unicorn has stopped. */
  private boolean pendingInterrupt;

  /** The instruction at {@link #current} is the last thing that was done. */
  private boolean completed;

  /** IF before that instruction, as far as it matters. */
  private boolean interruptsWereOn;

  /**
   * A machine in the reset state.
   *
   * @param memory bytes of RAM, a multiple of 4096
   * @throws OracleUnavailableException if Unicorn cannot be used here
   */
  public UnicornEngine(CpuModel model, long memory, Ports ports) {
    unicorn = new Unicorn(modelOf(model));
    ram = arena.allocate(memory, Unicorn.PAGE_SIZE);
    unicorn.map(0, ram, Unicorn.ALL);
    registers = unicorn.batch(NAMES.values().toArray(UnicornRegister[]::new));
    fault = new UnicornFaultState(unicorn);
    delivery = new UnicornDelivery(unicorn, ram, this::delivered);
    opcode = new FirstOpcode(ram);
    UnicornReset.reset(unicorn, model.signature());
    unicorn.onCode(this::boundary);
    unicorn.onInterrupt(this::interrupt);
    unicorn.onInvalidInstruction(this::invalidInstruction);
    unicorn.onUnmapped(this::unmapped);
    unicorn.onPortRead((port, size) -> atInstruction(() -> ports.in(port, size)));
    unicorn.onPortWrite(
        (port, size, value) ->
            atInstruction(
                () -> {
                  ports.out(port, size, value);
                  return 0;
                }));
    unicorn.onCpuId(() -> cpuid(model));
  }

  /**
   * Connects it to a clock, which counts its instructions, and to what asserts {@link
   * #interruptPin}; before the machine runs.
   */
  public void connect(Clock clock, InterruptController controller) {
    this.clock = clock;
    this.controller = controller;
  }

  /** Asserts the processor's INTR pin, or no longer. */
  public void interruptPin(boolean asserted) {
    interruptPin = asserted;
  }

  @Override
  public Optional<Clock> clock() {
    return Optional.ofNullable(clock);
  }

  @Override
  public long nanos() {
    return clock == null ? Engine.super.nanos() : clock.nanos();
  }

  private static UnicornCpuModel modelOf(CpuModel model) {
    return switch (model) {
      case I486 -> UnicornCpuModel.I486;
      case PENTIUM -> UnicornCpuModel.PENTIUM;
      case PENTIUM3 -> UnicornCpuModel.PENTIUM3;
      case PENTIUM4 -> UnicornCpuModel.COREDUO; // there is no Pentium 4; this one has its features
      case MAX -> UnicornCpuModel.NEHALEM;
    };
  }

  @Override
  public String name() {
    return "unicorn";
  }

  @Override
  public String label() {
    return "Unicorn " + Unicorn.version();
  }

  @Override
  public int get(Register register) {
    if (!registersRead) {
      registers.read();
      registersRead = true;
    }
    int value = registers.get(PLACES.get(register));
    return register == Register.LDTR || register == Register.TR ? value & 0xffff : value;
  }

  @Override
  public void set(Register register, int value) {
    switch (register) {
      case LDTR, TR -> delivery.loadSystemSegment(register == Register.TR, value);
      default -> unicorn.set(NAMES.get(register), Integer.toUnsignedLong(value));
    }
    registersRead = false;
    if (register == Register.EIP) {
      eipWritten = true;
      halted = false;
    }
  }

  @Override
  public void flatProtectedMode() {
    UnicornReset.flatProtectedMode(unicorn);
    registersRead = false;
  }

  @Override
  public boolean code32() {
    return delivery.code32();
  }

  @Override
  public MemorySegment ram() {
    return ram;
  }

  @Override
  public void codeChanged(int physical, int size) {
    unicorn.flushTranslations();
    unicorn.flushTlb();
  }

  @Override
  public long instructions() {
    return instructions;
  }

  @Override
  public void stopAt(int linear) {
    stops.add(linear);
  }

  @Override
  public void clearStop(int linear) {
    stops.remove(linear);
  }

  @Override
  public void hostCall(int linear, HostCall function) {
    if (function == null) {
      hostCalls.remove(linear);
    } else {
      hostCalls.put(linear, function);
    }
  }

  @Override
  public void observe(Observer watcher) {
    if (observer == null && watcher != null) {
      writeHook =
          unicorn.onWrite(
              (_, address, size, value) -> observer.physicalWrite(this, address, size, value));
    } else if (observer != null && watcher == null) {
      unicorn.removeHook(writeHook);
    }
    observer = watcher;
  }

  @Override
  public void requestStop() {
    stopRequested = true;
  }

  @Override
  public StopReason run(long count) {
    limit = count > Long.MAX_VALUE - instructions ? Long.MAX_VALUE : instructions + count;
    arriving = false;
    reason = null;
    executing = false;
    try {
      if (goOn()) {
        execute();
      }
    } catch (MachineStop stop) { // of a port
      unicorn.set(UnicornRegister.EIP, stoppedAt);
      reason = stop.reason();
    }
    registersRead = false;
    if (resumeLeft) {
      resumeLeft = false;
      set(Register.EFLAGS, get(Register.EFLAGS) & ~Eflags.RF);
    }
    return reason;
  }

  /** Lets Unicorn run until there is a reason to stop, with host functions called in between. */
  private void execute() {
    while (!halted || wake()) {
      if (reason != null) {
        return;
      }
      cr2 = get(Register.CR2);
      UnicornError error = unicorn.run(get(Register.EIP), 0);
      registersRead = false;
      if (reason != null) {
        return;
      }
      if (pendingInterrupt) {
        pendingInterrupt = false;
        deliverInterrupt();
        if (reason != null) {
          return;
        }
      } else if (pendingCall != null) {
        HostCall function = pendingCall;
        pendingCall = null;
        eipWritten = false;
        function.call(this, callAddress);
        called = !eipWritten;
      } else if (error == UnicornError.OK) {
        instructions++; // the hlt
        executing = false;
        halted = true;
      } else {
        throw new IllegalStateException("Unicorn stopped: " + error.text());
      }
    }
    reason = new StopReason.Halted();
  }

  /**
   * Before each instruction, before each round of a repeated one, and again before one that has
   * just begun to change the page it lies in.
   */
  private void boundary(int address, int size) {
    registersRead = false;
    if (executing) {
      if (address == current && !leaves() && !stopRequested) {
        return;
      }
      executing = false;
      completed = true;
      instructions++;
      arriving = true;
      if (instructions >= limit) {
        resumeLeft = leavesResume();
      }
    }
    boolean afterCall = called && address == callAddress;
    called = false;
    if (!afterCall && !arrive(address)) {
      return;
    }
    if (observer != null) {
      observer.instruction(this, address);
    }
    current = address;
    currentSize = size;
    transfers = -1;
    executing = true;
  }

  /** Looks for what is to be done before the instruction; false if Unicorn has to stop for it. */
  private boolean arrive(int address) {
    if (clock != null && interrupted()) {
      pendingInterrupt = true; // outside of the hook, too
      unicorn.stop();
      return false;
    }
    if (!goOn()) {
      return false;
    }
    if (arriving && stops.contains(address)) {
      end(new StopReason.Reached(address));
      return false;
    }
    arriving = true;
    HostCall function = hostCalls.get(address);
    if (function != null) {
      pendingCall = function; // outside of the hook, where every register may be written
      callAddress = address;
      unicorn.stop();
      return false;
    }
    return true;
  }

  /**
   * Every instruction but iret leaves RF clear (SDM vol. 3, 17.3.1.1). Unicorn clears it at the end
   * of a translated block only, which matters to nobody but whoever looks after each instruction.
   * It is put right when the run is over: a write to EFLAGS in a code hook mixes with the flags of
   * the block being executed.
   */
  private boolean leavesResume() {
    if ((get(Register.EFLAGS) & Eflags.RF) == 0) {
      return false;
    }
    opcode.control(get(Register.CR0), get(Register.CR3), get(Register.CR4));
    return !opcode.isInterruptReturn(current);
  }

  private boolean interruptsOn() {
    return (get(Register.EFLAGS) & Eflags.IF) != 0;
  }

  /**
   * Lets happen what is due, and says whether an interrupt comes before the next instruction: not
   * behind one that has just allowed them, nor behind one that loads SS (SDM vol. 3, 6.8.3).
   */
  private boolean interrupted() {
    if (instructions >= clock.dueInstruction()) {
      clock.fire();
    }
    boolean soon = interruptPin || instructions + 1 >= clock.dueInstruction();
    boolean wereOn = interruptsWereOn;
    interruptsWereOn = soon && interruptsOn();
    if (!interruptPin || !interruptsWereOn) {
      return false;
    }
    opcode.control(get(Register.CR0), get(Register.CR3), get(Register.CR4));
    boolean shadow =
        completed && (!wereOn && opcode.isSti(current) || opcode.loadsStackSegment(current));
    return !shadow;
  }

  /**
   * Lets time pass for the halted processor: to the next event, of which some interrupt it.
   *
   * @return whether it goes on; if not it stays halted, or there is another reason to stop
   */
  private boolean wake() {
    while (clock != null) {
      if (instructions >= clock.dueInstruction()) {
        clock.fire();
      }
      boolean taken = interruptPin && interruptsOn();
      if (taken) {
        halted = false;
        deliverInterrupt();
      } else if (stopRequested) {
        return !goOn();
      } else if (!interruptsOn() || !clock.skip()) {
        return false;
      } else {
        limit--; // endless events end, too
      }
      if (taken || !goOn()) {
        return true;
      }
    }
    return false;
  }

  private void deliverInterrupt() {
    int vector = controller.acknowledge();
    if (observer != null) {
      observer.interrupt(this, vector);
    }
    if (!delivery.deliver(vector, 0, true)) {
      reason = new StopReason.Fault(vector, 0, 0);
    }
    registersRead = false;
    executing = false;
    arriving = true;
    called = false;
    completed = false;
    limit--;
    if (reason == null) {
      goOn();
    }
  }

  private boolean goOn() {
    if (stopRequested) {
      stopRequested = false;
      end(new StopReason.Requested());
    } else if (instructions >= limit) {
      end(new StopReason.InstructionLimit());
    }
    return reason == null;
  }

  private void end(StopReason why) {
    reason = why;
    unicorn.stop();
  }

  /** Whether the instruction at {@link #current} can be completed with eip as it was. */
  private boolean leaves() {
    if (transfers < 0) {
      opcode.control(get(Register.CR0), get(Register.CR3), get(Register.CR4));
      transfers = opcode.isControlTransfer(current) ? 1 : 0;
    }
    return transfers == 1;
  }

  private void interrupt(int vector) {
    raise(vector);
  }

  private boolean invalidInstruction() {
    raise(Vector.UD);
    return true;
  }

  private void raise(int vector) {
    registersRead = false;
    fault.read();
    fault.delivered();
    boolean software = vector != Vector.UD && fault.software();
    if (executing && vector == Vector.PF && !software && delivery.linearEip() != current) {
      // the fetch of the next instruction: the one before is completed, and perhaps the last
      executing = false;
      instructions++;
      if (instructions >= limit) {
        unicorn.set(UnicornRegister.CR2, Integer.toUnsignedLong(cr2)); // it has not happened yet
        goOn();
        return;
      }
    }
    if (software && !delivery.allowsSoftware(vector)) {
      unicorn.set(UnicornRegister.EIP, unicorn.get(UnicornRegister.EIP) - currentSize);
      deliver(Vector.GP, 8 * vector + 2, false);
    } else {
      deliver(vector, software ? 0 : fault.errorCode(), software);
    }
  }

  private void deliver(int vector, int code, boolean software) {
    int errorCode = Vector.hasErrorCode(vector) ? code : 0;
    int linear = vector == Vector.PF && !software ? get(Register.CR2) : 0;
    if (observer != null && software) {
      observer.interrupt(this, vector);
    } else if (observer != null) {
      observer.fault(this, vector, errorCode, linear);
    }
    boolean entered = delivery.deliver(vector, errorCode, software);
    registersRead = false;
    cr2 = get(Register.CR2);
    executing = false;
    completed = false;
    arriving = true;
    if (!entered) {
      end(new StopReason.Fault(vector, errorCode, linear));
      return;
    }
    if (software) {
      instructions++;
    } else {
      limit--; // a fault counts against the limit: endless faults end too
    }
    goOn();
  }

  /** A stop that a port asks for takes back its instruction, as on our own machine. */
  private int atInstruction(IntSupplier portAccess) {
    try {
      registersRead = false;
      return portAccess.getAsInt();
    } catch (MachineStop stop) {
      stoppedAt = unicorn.get(UnicornRegister.EIP);
      executing = false;
      throw stop;
    }
  }

  private boolean cpuid(CpuModel model) {
    int leaf = (int) unicorn.get(UnicornRegister.EAX);
    int subleaf = (int) unicorn.get(UnicornRegister.ECX);
    unicorn.set(UnicornRegister.EAX, Integer.toUnsignedLong(model.cpuid(leaf, subleaf, 0)));
    unicorn.set(UnicornRegister.EBX, Integer.toUnsignedLong(model.cpuid(leaf, subleaf, 1)));
    unicorn.set(UnicornRegister.ECX, Integer.toUnsignedLong(model.cpuid(leaf, subleaf, 2)));
    unicorn.set(UnicornRegister.EDX, Integer.toUnsignedLong(model.cpuid(leaf, subleaf, 3)));
    return true;
  }

  private void delivered(int physical, int value) {
    if (observer != null) {
      observer.physicalWrite(this, physical, 4, Integer.toUnsignedLong(value));
    }
  }

  private boolean unmapped(UnicornError error, int address, int size) {
    boolean write = error == UnicornError.WRITE_UNMAPPED;
    if (reason == null) {
      reason = new StopReason.NoMemory(address, write);
    }
    return false;
  }

  @Override
  public void close() {
    unicorn.close();
    arena.close();
  }
}
