package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.memory.MmioDevice;

/**
 * An interrupt that a device raises while it is accessed in memory is taken before the next
 * instruction, however hot the code is (SDM vol. 3, 6.6 and table 6-2).
 */
class DeviceInterruptTest {
  private static final int ORIGIN = 0x10000;
  private static final int DEVICE = 0xfec0_0000;
  private static final int ROUNDS = 3000;

  /** Each round accesses the device, whose interrupt must come at {@code a}. */
  private static final String PROGRAM =
      GuestTables.LOAD
          + """
                  movl $0xfec00000, %ebx
                  movl $ROUNDS, %ebp
                  sti
          again:  incl %edi
                  ACCESS
          a:      NEXT
                  incl %edi
                  decl %ebp
                  jnz again
                  cli
                  hlt
          irq:    cmpl $a, (%esp)
                  jne 1f
                  incl 0x6000
          1:      incl 0x6004
                  iretl
          """
          + GuestTables.handling("irq");

  @ParameterizedTest
  @CsvSource({
    "'movl %eax, (%ebx)', nop",
    "'movl (%ebx), %eax', nop",
    "'movb (%ebx), %cl', nop",
    "'addl %eax, (%ebx)', nop",
    "'cmpl $0, (%ebx)', 'sete %cl'",
    "'cmpw $0, 6(%ebx)', 'jz 1f; 1:'",
    "'pushl (%ebx)', 'popl %eax'",
    "'movzbl 1(%ebx), %eax', nop",
    "'xchgl %eax, (%ebx)', nop",
    "'movl %ebx, %esi; lodsl', nop",
  })
  void isTakenBeforeTheNextInstruction(String access, String next) {
    run(access, next, false);
    run(access, next, true);
  }

  private static void run(String access, String next, boolean translate) {
    String text =
        PROGRAM.replace("ROUNDS", "" + ROUNDS).replace("ACCESS", access).replace("NEXT", next);
    AssembledCode code = Assembler.assemble(new Source("test.S", text), ORIGIN, Map.of());
    try (Machine machine =
        Machine.builder()
            .memory(1 << 20)
            .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER)
            .build()) {
      machine.flatProtectedMode();
      machine.load(ORIGIN, code.bytes());
      machine.cpu().segment[SegmentRegister.CS].set(8, 0, -1, 0xc09b);
      machine.cpu().eip = ORIGIN;
      machine.mapDevice(DEVICE, 0x1000, new Raising(machine));
      assertEquals(new StopReason.Halted(), machine.run(1_000_000));
      assertEquals(ROUNDS, machine.cpu().memory.read32(0x6004), "interrupts");
      assertEquals(ROUNDS, machine.cpu().memory.read32(0x6000), "interrupts at the next one");
    }
  }

  private record Raising(Machine machine) implements MmioDevice {
    @Override
    public int read(int offset, int size) {
      machine.injectInterrupt(32);
      return offset;
    }

    @Override
    public void write(int offset, int size, int value) {
      machine.injectInterrupt(32);
    }
  }
}
