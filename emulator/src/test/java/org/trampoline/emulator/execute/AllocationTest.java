package org.trampoline.emulator.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.Registers;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.engine.Register;

/** Executing instructions makes no garbage, whatever they are, and nor do faults. */
class AllocationTest {
  private static final int CODE = 0x1000;
  private static final int HANDLER = 0x2000;
  private static final int GDT = 0x5000;
  private static final int IDT = 0x6000;
  private static final int WARM_UP = 100_000;
  private static final int MEASURED = 400_000;

  /** Bytes that may be allocated: far below one for each instruction. */
  private static final long ALLOWED = 32_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static void load(Machine machine, int at, String source) {
    machine.load(at, Assembler.assemble(new Source("test.S", source), at, Map.of()).bytes());
  }

  private static void gate(Machine machine, int vector) {
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, IDT + 8 * vector, 8 << 16 | HANDLER);
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, IDT + 8 * vector + 4, 0xee00);
  }

  private static void tables(Machine machine) {
    machine.ram().set(ValueLayout.JAVA_LONG_UNALIGNED, GDT + 8, 0x00cf_9b00_0000_ffffL);
    Registers registers = machine.registers();
    registers.setGdtr(new Registers.Table(GDT, 15));
    registers.setIdtr(new Registers.Table(IDT, 0x7ff));
    registers.setSegment(SegmentRegister.CS, new Registers.Segment(8, 0, -1, 0xc09b));
    gate(machine, 0x30);
    gate(machine, 6);
    load(machine, HANDLER, "addl %ebp, (%esp)\n iretl\n");
  }

  @ParameterizedTest
  @CsvSource({
    "integers, 'addl %ecx, %eax; adcb %ah, %dl; imull %eax, %edx; cmpl %eax, %edx; setl %cl'",
    "uncommon integers, 'rcll $3, %eax; bsrl %ecx, %edx; shldl $3, %eax, %edx; cmpxchgl %ecx,"
        + " %edx'",
    "memory, 'movl %eax, 0x8000; addl $1, 0x8004; pushl 0x8000; popl %edx; xchgb %al, 0x8010'",
    "calls, 'call 2f; jmp 3f; 2: ret; 3: nop'",
    "strings, 'movl $9, %ecx; movl $0x8000, %esi; movl $0x8800, %edi; rep; movsl'",
    "x87, 'fildl 0x8000; fld1; faddp; fmull 0x8008; fsqrt; fsts 0x8020; fstp %st(0)'",
    "sines, 'fldpi; fsin; fstpl 0x8020'",
    "sse, 'cvtsi2sdl %eax, %xmm0; mulpd %xmm0, %xmm1; addps %xmm1, %xmm2; pshufd $9, %xmm2, %xmm3'",
    "mmx, 'movd %eax, %mm0; paddw %mm0, %mm1; psadbw %mm1, %mm2; emms'",
    "segments, 'movw %ds, %dx; pushl %es; movl %cr3, %edx; pushfl; popl %edx; popl %edx'",
    "interrupts, 'xorl %ebp, %ebp; int $0x30'",
    "faults, 'movl $2, %ebp; ud2'",
    "address spaces, 'movl %cr3, %edx; movl %edx, %cr3; invlpg 0x8000'"
  })
  void nothingIsAllocated(String what, String instructions) {
    try (Machine machine =
        Machine.builder().memory(1 << 20).engine(ExecutionEngine.INTERPRETER).build()) {
      machine.flatProtectedMode();
      tables(machine);
      machine.set(Register.CR4, Control.CR4_OSFXSR | Control.CR4_OSXMMEXCPT);
      machine.set(Register.ESP, 0x9000);
      load(machine, CODE, "fninit\n1: " + instructions.replace("; ", "\n") + "\n jmp 1b\n");
      machine.set(Register.EIP, CODE);
      assertEquals(new StopReason.InstructionLimit(), machine.run(WARM_UP));
      long before = THREADS.getCurrentThreadAllocatedBytes();
      machine.run(MEASURED);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < ALLOWED, what + ": " + allocated + " bytes");
    }
  }
}
