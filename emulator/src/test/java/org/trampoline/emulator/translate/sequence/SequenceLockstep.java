package org.trampoline.emulator.translate.sequence;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.CodeBytes;
import org.trampoline.emulator.decode.Disassembler;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.memory.AbsentMemory;

/**
 * One random sequence on translator and interpreter: slices of exact numbers of instructions,
 * between them interrupts, a timer's too, and writes to memory as by DMA; after each slice
 * everything is compared.
 */
final class SequenceLockstep implements AutoCloseable {
  private static final int CODE_BYTES = 1 << 19;
  private static final int SLICES = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final long seed;
  private final Machine interpreter;
  private final Machine translator;
  private int failedSlice;
  private int failedCount;

  SequenceLockstep(long seed) {
    this.seed = seed;
    interpreter = machine(false);
    translator = machine(true);
  }

  private static Machine machine(boolean translate) {
    Machine machine =
        Machine.builder()
            .memory(Layout.MEMORY)
            .cpu(CpuModel.MAX)
            .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER)
            .translatedCode(CODE_BYTES)
            .checkedAddresses(true)
            .build();
    machine.absentMemory(AbsentMemory.OPEN_BUS);
    return machine;
  }

  Machine translator() {
    return translator;
  }

  /** Runs it; returns what differs first, narrowed to the instruction, or null. */
  String run() {
    String difference = run(Integer.MAX_VALUE, 0);
    if (difference == null) {
      return null;
    }
    // how many instructions of the slice does it take?
    int low = 0;
    int high = failedCount;
    while (low + 1 < high) {
      int middle = (low + high) >>> 1;
      try (SequenceLockstep again = new SequenceLockstep(seed)) {
        if (again.run(failedSlice, middle) == null) {
          low = middle;
        } else {
          high = middle;
        }
      }
    }
    try (SequenceLockstep again = new SequenceLockstep(seed);
        SequenceLockstep before = new SequenceLockstep(seed)) {
      String first = again.run(failedSlice, high);
      before.run(failedSlice, Math.max(low, 0));
      return "%s%nwith %d instructions of the slice: %s%nbefore the last: %s%s"
          .formatted(
              difference,
              high,
              first,
              state(before.interpreter, new StopReason.InstructionLimit()),
              instruction(before.interpreter));
    }
  }

  /**
   * @param last the last slice, which has another number of instructions
   */
  private String run(int last, int countOfLast) {
    Random random = new Random(seed);
    World world = new World(random);
    world.load(interpreter);
    world.load(translator);
    timer(interpreter, seed);
    timer(translator, seed);
    for (int slice = 0; slice < SLICES; slice++) {
      int count = random.nextInt(4) == 0 ? random.nextInt(8) + 1 : random.nextInt(2000) + 1;
      count = slice == last ? countOfLast : count;
      StopReason first = interpreter.run(count, PATIENCE);
      if (first instanceof StopReason.Requested) {
        return null; // a string instruction that repeats for billions of elements
      }
      StopReason second = translator.run(count);
      String difference = difference(first, second);
      if (difference != null) {
        failedSlice = slice;
        failedCount = count;
        return "seed %d, slice %d of %d instructions, %s: %s"
            .formatted(seed, slice, count, world.paging, difference);
      }
      if (!(first instanceof StopReason.InstructionLimit || first instanceof StopReason.Halted)) {
        return null;
      }
      if (slice == last) {
        return null;
      }
      between(random);
    }
    return null;
  }

  /** Interrupts after every so many instructions, the numbers being the same on both machines. */
  private static void timer(Machine machine, long seed) {
    Random random = new Random(~seed);
    Cpu c = machine.cpu();
    Clock.Timer[] holder = new Clock.Timer[1];
    holder[0] =
        c.clock.timer(
            () -> {
              machine.injectInterrupt(0x20 + random.nextInt(16));
              holder[0].start(c.clock.now() + random.nextInt(700) + 1);
            },
            () -> true);
    holder[0].start(c.clock.now() + random.nextInt(700) + 1);
  }

  private void between(Random random) {
    switch (random.nextInt(4)) {
      case 0 -> {
        int vector = random.nextInt(8) == 0 ? 0x30 + random.nextInt(16) : 0x20 + random.nextInt(16);
        interpreter.injectInterrupt(vector);
        translator.injectInterrupt(vector);
      }
      case 1 -> {
        byte[] bytes = new byte[random.nextInt(30) + 1];
        random.nextBytes(bytes);
        Arrays.fill(bytes, 0, bytes.length / 2, (byte) 0x90);
        int at = Layout.CODE + random.nextInt((Layout.CODE_PAGES << 12) - 32);
        interpreter.load(at, bytes);
        translator.load(at, bytes);
      }
      default -> {}
    }
  }

  private String difference(StopReason first, StopReason second) {
    String one = state(interpreter, first);
    String other = state(translator, second);
    if (!one.equals(other)) {
      return "\ninterpreter " + one + "\ntranslator  " + other + instruction(interpreter);
    }
    long at = interpreter.ram().mismatch(translator.ram());
    return at < 0 ? null : "memory at 0x" + Long.toHexString(at) + "\n" + one;
  }

  private static String instruction(Machine machine) {
    Cpu c = machine.cpu();
    int linear = c.segment[SegmentRegister.CS].base + c.eip;
    CodeBytes bytes = n -> c.mmu.peek8(linear + n) & 0xff;
    StringBuilder text = new StringBuilder("\nat eip");
    for (int n = 0; n < 15; n++) {
      text.append(" %02x".formatted(bytes.at(n)));
    }
    Disassembler disassembler =
        new Disassembler(InstructionTable.get(), CpuModel.MAX.features(), Disassembler.Syntax.ATT);
    return text.append("  ").append(disassembler.disassemble(bytes, c.code32, c.eip)).toString();
  }

  private static String state(Machine machine, StopReason reason) {
    Cpu c = machine.cpu();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      text.append(hex(c.reg[i]));
    }
    text.append("eip ").append(hex(c.eip)).append("eflags ").append(hex(c.getEflags()));
    for (SegmentRegister s : c.segment) {
      text.append(s.selector).append('/').append(hex(s.base));
    }
    text.append("cpl ").append(c.cpl).append(" cr0 ").append(hex(c.cr0));
    text.append("cr2 ").append(hex(c.cr2)).append("cr3 ").append(hex(c.cr3));
    text.append(c.instructions).append(" instructions ").append(c.clock.now());
    text.append(" due ").append(c.clock.dueInstruction()).append(' ');
    text.append(reason).append(c.halted ? " halted " : " ");
    text.append("dr6 ").append(hex(c.dr[6]));
    text.append("tsc ").append(c.msr.tscOffset).append(" fpu ");
    text.append(hex(c.fpu.statusWord())).append(hex(c.fpu.controlWord()));
    text.append(hex(Arrays.hashCode(c.fpu.significand)));
    text.append(hex(Arrays.hashCode(c.fpu.signExponent)));
    text.append(hex(c.fpu.occupied)).append(hex(c.fpu.instructionOffset));
    text.append(hex(c.fpu.dataOffset)).append("mxcsr ").append(hex(c.simd.mxcsr));
    text.append(hex(Arrays.hashCode(c.simd.xmm)));
    return text.toString();
  }

  private static String hex(int value) {
    return Integer.toHexString(value) + " ";
  }

  @Override
  public void close() {
    interpreter.close();
    translator.close();
  }
}
