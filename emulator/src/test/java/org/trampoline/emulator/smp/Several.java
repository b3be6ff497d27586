package org.trampoline.emulator.smp;

import java.util.Map;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Register;

/**
 * A machine with several processors in a test. The first one starts in protected mode at the
 * program; those it wakes come from real mode to the label {@code ap}, with their number in ebx and
 * a stack of their own.
 */
final class Several implements AutoCloseable {
  static final int ORIGIN = 0x10000;

  /** A word for each thing that a program wants to tell. */
  static final int RESULTS = 0x5000;

  private static final int START = 0x8000;

  /**
   * Macros: APIC register access; interrupt handlers are at the labels irq_XX that a program has.
   */
  private static final String HEAD =
      """
              .set APIC, 0xfee00000
              .macro APIC_WRITE register, value
              movl $\\value, APIC + \\register
              .endm
              # INIT and start-up IPI at 0x8000 to all others
              .macro WAKE_OTHERS
              APIC_WRITE 0x300, 0xc4500
              APIC_WRITE 0x300, 0xc4608
              .endm
              .macro GATE vector, label
              movl $\\label, %eax
              movw %ax, 0x4000 + 8 * \\vector
              movw $8, 0x4002 + 8 * \\vector
              movw $0x8e00, 0x4004 + 8 * \\vector
              shrl $16, %eax
              movw %ax, 0x4006 + 8 * \\vector
              .endm
              lgdtl gdtr
              lidtl idtr
              ljmp $8, $1f
      1:      movl $16, %eax
              movl %eax, %ss
              movl %eax, %ds
              movl %eax, %es
              movl $0x20000, %esp
              APIC_WRITE 0xf0, 0x1ff          # software enable
              jmp main
      protected:
              movl $16, %eax
              movl %eax, %ss
              movl %eax, %ds
              movl %eax, %es
              lidtl idtr
              movl APIC + 0x20, %ebx
              shrl $24, %ebx
              movl %ebx, %esp
              shll $12, %esp
              addl $0x21000, %esp
              APIC_WRITE 0xf0, 0x1ff
              jmp ap
              .balign 8
      gdt:    .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
      gdtr:   .word gdtr - gdt - 1
              .long gdt
      idtr:   .word 0x7ff
              .long 0x4000
      """;

  /** Real mode at 0x8000. */
  private static final String TRAMPOLINE =
      """
              .code16
              cli
              movw %cs, %ax
              movw %ax, %ds
              lgdtl 0x100
              movl %cr0, %eax
              orb $1, %al
              movl %eax, %cr0
              ljmpl $8, $PROTECTED
              .org 0x100
              .word 23
              .long GDT
      """;

  final Machine machine;
  AssembledCode code;

  Several(int count, long seed, boolean translate) {
    machine =
        Machine.builder()
            .memory(4 << 20)
            .processors(count, seed)
            .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER)
            .frequency(10_000_000)
            .build();
  }

  void load(String program) {
    code =
        Assembler.assemble(new Source("test.S", HEAD + program + "\nap: hlt\n"), ORIGIN, Map.of());
    place();
  }

  /** A program with a label {@code ap} of its own. */
  void loadAll(String program) {
    code = Assembler.assemble(new Source("test.S", HEAD + program), ORIGIN, Map.of());
    place();
  }

  private void place() {
    Map<String, Integer> symbols =
        Map.of("PROTECTED", code.symbol("protected"), "GDT", code.symbol("gdt"));
    byte[] real = Assembler.assemble(new Source("real.S", TRAMPOLINE), 0, symbols).bytes();
    machine.flatProtectedMode();
    machine.load(ORIGIN, code.bytes());
    machine.load(START, real);
    machine.set(Register.EIP, ORIGIN);
  }

  StopReason run(long limit) {
    return machine.run(limit);
  }

  int result(int index) {
    return (int) machine.readLinear(RESULTS + 4 * index, 4);
  }

  @Override
  public void close() {
    machine.close();
  }
}
