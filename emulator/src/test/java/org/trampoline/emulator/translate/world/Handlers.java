package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

import java.util.Map;
import java.util.Random;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;

/**
 * Who answers exceptions and interrupts: handlers that go on, that go on elsewhere with good
 * segments after a while, and any other code.
 */
final class Handlers {
  private static final int RESUME = HANDLERS;
  private static final int RESUME_ERROR = HANDLERS + 0x10;
  private static final int SKIP = HANDLERS + 0x20;
  private static final int SKIP_ERROR = HANDLERS + 0x30;
  private static final int END_TRACE = HANDLERS + 0x40;
  private static final int SKIP_REAL = HANDLERS + 0x60;

  /** Leaves translated code before it goes on. */
  private static final int BUSY = HANDLERS + 0x70;

  /** Leaves DS such that a return to user code makes it null. */
  private static final int LEAVE_SEGMENT = HANDLERS + 0x78;

  /** Executes an x87 instruction, which remembers its segment. */
  private static final int UNIT = HANDLERS + 0x88;

  private static final int RECOVER_ERROR = HANDLERS + 0x90;
  private static final int RECOVER = HANDLERS + 0xb0;
  private static final int FAULTS = HANDLERS + 0xff0;
  private static final byte[] RECOVERING = recovering();

  /** Bits of an offset in which two handlers differ that go on behind the interrupt. */
  static final int OTHER_RESUMING = END_TRACE ^ RESUME;

  private Handlers() {}

  /** Offset of a handler that goes on behind the interrupt. */
  static int resuming(Random random) {
    return Choice.of(random, RESUME, RESUME, BUSY, UNIT, LEAVE_SEGMENT);
  }

  static void fill(Random random, Image image) {
    code(image, RESUME, 0xcf);
    code(image, RESUME_ERROR, 0x83, 0xc4, 4, 0xcf);
    // incl (%esp): the next try is one byte further on
    code(image, SKIP, 0xff, 0x04, 0x24, 0xcf);
    code(image, SKIP_ERROR, 0x83, 0xc4, 4, 0xff, 0x04, 0x24, 0xcf);
    // andl $~TF, 8(%esp)
    code(image, END_TRACE, 0x81, 0x64, 0x24, 8, 0xff, 0xfe, 0xff, 0xff, 0xcf);
    // push %bp; mov %sp, %bp; incw 2(%bp); pop %bp; iret
    code(image, SKIP_REAL, 0x55, 0x89, 0xe5, 0xff, 0x46, 2, 0x5d, 0xcf);
    code(image, UNIT, 0xd8, 0xc1, 0xcf); // fadd %st(1); iret
    code(image, BUSY, 0x60, 0x0f, 0xa2, 0x61, 0xcf); // pusha; cpuid; popa; iret
    // push %eax; mov $KERNEL_DATA,%eax; mov %eax,%ds; pop %eax; iret
    int data = Descriptors.KERNEL_DATA;
    code(image, LEAVE_SEGMENT, 0x50, 0xb8, data, 0, 0, 0, 0x8e, 0xd8, 0x58, 0xcf);
    System.arraycopy(RECOVERING, 0, image.bytes, RECOVER_ERROR, RECOVERING.length);
    for (int vector = 0; vector < 256; vector++) {
      image.set64(IDT + 8 * vector, gate(random, vector));
      image.set32(VECTORS + 4 * vector, real(random, vector));
    }
  }

  /**
   * Skips a byte as {@link #SKIP}, but each eighth time goes on at one of the loops of 32-bit code
   * with DS and ES flat, and with another stack if the old one is lost. Keeps a sum of what
   * exceptions have pushed.
   */
  private static byte[] recovering() {
    String constants =
        """
        .set FAULTS, %d
        .set SUM, FAULTS + 4
        .set CODE, %d
        .set STACKS, %d
        .set STACK_BYTES, %d
        .set DATA, %d
        .set KERNEL_CODE, %d
        """
            .formatted(
                FAULTS,
                CODE,
                STACKS,
                STACK_BYTES,
                Descriptors.USER_DATA | 3,
                Descriptors.KERNEL_CODE);
    String text =
        """
        .macro note register, from
          roll $5, %ss:SUM
          movl %ss:\\from(%esp), \\register
          addl \\register, %ss:SUM
        .endm
          pushl %eax
          note %eax, 4
          popl %eax
          addl $4, %esp
          jmp recover
          .org 0x20
        recover:
          pushl %eax
          note %eax, 4
          note %eax, 12
          popl %eax
          incl %ss:FAULTS
          testb $7, %ss:FAULTS
          jnz skip
          movl %esp, %eax
          subl $STACKS, %eax
          cmpl $STACK_BYTES - 32, %eax
          jae lost
          testb $2, 10(%esp)
          jnz skip
          movb 4(%esp), %al
          andb $0x70, %al
          cmpb $0x70, %al
          je skip
        return:
          movl %ss:FAULTS, %eax
          shll $7, %eax
          andl $0x3c00, %eax
          addl $CODE, %eax
          movl %eax, (%esp)
          pushl $DATA
          popl %ds
          pushl $DATA
          popl %es
          iretl
        lost:
          movl $STACKS + 0x2000, %esp
          pushl $2
          pushl $KERNEL_CODE
          pushl $0
          jmp return
        skip:
          incl (%esp)
          iretl
        """;
    Source source = new Source("handlers.S", constants + text);
    return Assembler.assemble(source, RECOVER_ERROR, Map.of()).bytes();
  }

  private static void code(Image image, int at, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      image.bytes[at + i] = (byte) bytes[i];
    }
  }

  /** Some gate for a vector. */
  static long gate(Random random, int vector) {
    boolean error = vector == 8 || vector >= 10 && vector <= 14 || vector == 17;
    int type = (random.nextInt(3) == 0 ? 0x8f : 0x8e) | (random.nextBoolean() ? 0x60 : 0);
    int choice = random.nextInt(16);
    if (vector == 1 && choice < 14) {
      return Descriptors.gate(END_TRACE, Descriptors.KERNEL_CODE, type, 0);
    }
    // what is frequent mostly leads back, so that a world also stays in its rings
    boolean frequent = vector == 6 || vector == 13 || vector == 14;
    if (vector < 0x20 && choice < (frequent ? 15 : 11)) {
      int handler = error ? SKIP_ERROR : SKIP;
      if (random.nextInt(4) > 0) {
        handler = error ? RECOVER_ERROR : RECOVER;
      }
      return Descriptors.gate(handler, Descriptors.KERNEL_CODE, type, 0);
    }
    if (choice < 9) {
      int handler = error ? RESUME_ERROR : resuming(random);
      return Descriptors.gate(handler, Descriptors.KERNEL_CODE, type, 0);
    }
    return switch (choice) {
      case 12 -> {
        int offset = Choice.code(random, false) - CODE;
        yield Descriptors.gate(offset, Descriptors.KERNEL_CODE16, type & ~8, 0);
      }
      case 13 -> {
        int task = Choice.of(random, Descriptors.TASK_OTHER, Descriptors.TASK16);
        yield Descriptors.gate(0, task, type & 0xe0 | 5, 0);
      }
      case 14 -> {
        int code =
            Choice.of(
                random,
                Descriptors.CONFORMING_CODE,
                Descriptors.MIDDLE_CODE | 1,
                Descriptors.USER_CODE);
        yield Descriptors.gate(Choice.code(random, true), code, type, 0);
      }
      case 15 -> random.nextLong();
      default -> Descriptors.gate(Choice.code(random, true), Descriptors.KERNEL_CODE, type, 0);
    };
  }

  private static int real(Random random, int vector) {
    int handler = vector < 0x20 ? SKIP_REAL : RESUME;
    if (random.nextInt(3) == 0) {
      handler = Choice.code(random, false);
      return handler >> 4 << 16 | handler & 0xf;
    }
    return handler;
  }
}
