package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.translate.lockstep.MachineState;

/**
 * What ends a loop that goes round without probes, one circumstance each. The loop is known to be
 * frequent, and has been executed for long, before the circumstance arises: so it is the loop that
 * has to notice, not the block's ordinary code.
 */
class LoopExitsTest {
  private static final int CODE = 0x1000;
  private static final int GDT = 0x3000;
  private static final int IDT = 0x3800;
  private static final int HANDLER = 0x5000;

  /** Where the program takes esi, edi and ebp from. */
  private static final int START = 0x7000;

  private static final int DATA = 0x2_0000;
  private static final int BEYOND = 0x3_0000;
  private static final int DIRECTORY = 0x9_0000;
  private static final int TABLE = 0x9_1000;

  /** Aligns esi, and adds up error codes and addresses of faults. */
  private static final String ALIGN =
      """
        addl (%esp), %ebx
        addl 4(%esp), %ebx
        andl $-16, %esi
        popl %edx
        iretl
      """;

  private Machine interpreter;
  private Machine translator;

  @BeforeEach
  void open() {
    interpreter = machine(ExecutionEngine.INTERPRETER);
    translator = machine(ExecutionEngine.TRANSLATOR);
    assumeTrue(translator.translatorStatistics() != null, translator.whyNoTranslator());
  }

  @AfterEach
  void close() {
    interpreter.close();
    translator.close();
  }

  private static Machine machine(ExecutionEngine engine) {
    Machine machine =
        Machine.builder()
            .memory(1 << 20)
            .cpu(CpuModel.MAX)
            .engine(engine)
            .sampling(new Sampling(1 << 12, 1))
            .build();
    machine.flatProtectedMode();
    long[] descriptors = {0, 0xcf9b000000ffffL, 0xcf93000000ffffL};
    for (int i = 0; i < descriptors.length; i++) {
      machine.ram().set(ValueLayout.JAVA_LONG_UNALIGNED, GDT + 8 * i, descriptors[i]);
    }
    word(machine, DIRECTORY, TABLE | 7);
    for (int page = 0; page < 256; page++) {
      word(machine, TABLE + 4 * page, page << 12 | 7);
    }
    for (int at = DATA; at < BEYOND; at += 4) {
      word(machine, at, at * 0x9e37_79b1);
    }
    Cpu c = machine.cpu();
    c.segment[SegmentRegister.CS].set(8, 0, -1, 0xc09b);
    c.segmentsChanged();
    c.gdtBase = GDT;
    c.gdtLimit = 0x17;
    c.idtBase = IDT;
    c.idtLimit = 0x7ff;
    machine.set(Register.CR3, DIRECTORY);
    machine.set(Register.CR4, Control.CR4_OSFXSR);
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG | Control.CR0_WP);
    c.fpu.initialize();
    machine.set(Register.ESP, 0x8000);
    machine.set(Register.EIP, CODE);
    return machine;
  }

  private static void word(Machine machine, int at, int value) {
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
    machine.codeChanged(at, 4);
  }

  private void both(Consumer<Machine> action) {
    action.accept(interpreter);
    action.accept(translator);
  }

  private static byte[] assemble(String source, int at) {
    return Assembler.assemble(new Source("loop.S", source), at, Map.of()).bytes();
  }

  private void handler(int vector, String source) {
    both(
        machine -> {
          machine.load(HANDLER, assemble(source, HANDLER));
          word(machine, IDT + 8 * vector, 8 << 16 | HANDLER);
          word(machine, IDT + 8 * vector + 4, 0x8e00);
        });
  }

  /** Where the loop begins from now on, and how often it goes round. */
  private void start(int esi, int edi, int ebp) {
    both(
        machine -> {
          word(machine, START, esi);
          word(machine, START + 4, edi);
          word(machine, START + 8, ebp);
        });
  }

  private void step(int count) {
    var expected = interpreter.run(count);
    var actual = translator.run(count);
    assertEquals(
        MachineState.of(interpreter) + " " + expected, MachineState.of(translator) + " " + actual);
    assertEquals(-1, interpreter.ram().mismatch(translator.ram()), "memory");
  }

  private void warm(String loop) {
    repeat(loop);
    assertTrue(translator.translatorStatistics().loopBlocks() > 0, "a loop without probes");
  }

  /** The loop, from its beginning each time, until it is known to be frequent. */
  private void repeat(String loop) {
    String program = "1: " + loop + "\n decl %ebp\n jnz 1b\n";
    program += "jmp 2f\n 3: addl $8, %esi\n decl %ebp\n jnz 1b\n";
    program += "2: movl 0x7000, %esi\n movl 0x7004, %edi\n movl 0x7008, %ebp\n jmp 1b\n";
    byte[] code = assemble(program, CODE);
    byte[] entry = assemble("jmp 0x1000 + " + (code.length - 20), 0x2000);
    assertEquals(5, entry.length);
    both(
        machine -> {
          machine.load(CODE, code);
          machine.load(0x2000, entry);
          machine.set(Register.EIP, 0x2000);
        });
    for (int n = 0; n < 20; n++) {
      step(5000 + n);
    }
  }

  /** An offset that is no address takes a register, in which there could be an addend. */
  @ParameterizedTest
  @ValueSource(strings = {"flds %fs:(%edi)\n fstp %st", "fld1\n fstps %es:(%edi)"})
  void operandsOfTheX87InSegmentsWithABase(String x87) {
    both(
        machine -> {
          Cpu c = machine.cpu();
          c.segment[SegmentRegister.ES].set(0x23, 0x1000, -1, 0xc0f3);
          c.segment[SegmentRegister.FS].set(0x23, 0x2000, -1, 0xc0f3);
          c.segmentsChanged();
        });
    start(DATA + 64, DATA + 0x4000, 1500);
    warm("movl (%esi), %eax\n" + x87 + "\n addl %eax, %ebx\n addl $4, %esi\n addl $4, %edi");
    assertNotEquals(0, interpreter.get(Register.EBX));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "movaps (%esi), %xmm0",
        "movaps %xmm0, (%esi)",
        "movl 4(%esi), %eax\n movaps 16(%esi), %xmm0",
        "movaps 16(%esi), %xmm0\n movl 4(%esi), %eax"
      })
  void operandsThatAreNoLongerAligned(String instructions) {
    handler(13, ALIGN);
    start(DATA, DATA, 700);
    warm(instructions + "\n incl %ecx\n addl $16, %esi");
    assertEquals(0, interpreter.get(Register.EBX));
    for (int odd : new int[] {4, 8, 1}) {
      start(DATA + 0x40 + odd, DATA, 700);
      step(5000);
      start(DATA, DATA, 300);
      step(5000);
    }
    assertNotEquals(0, interpreter.get(Register.EBX), "a fault");
  }

  /** At first it is left before it goes round, so that it is frequent without a fault. */
  @Test
  void aStepThatEndsTheAlignment() {
    handler(13, ALIGN);
    start(DATA, DATA, 700);
    both(machine -> machine.set(Register.ECX, 1));
    repeat(
        """
          movaps (%esi), %xmm0
          addl $8, %esi
          testl %ecx, %ecx
          jnz 3f
        """);
    assertEquals(0, interpreter.get(Register.EBX));
    both(machine -> machine.set(Register.ECX, 0));
    step(5000);
    assertNotEquals(0, interpreter.get(Register.EBX), "a fault");
  }

  /** The count at which an interrupt comes lies anywhere in what a loop has of its budget. */
  @Test
  void aTimerInterruptsAtItsTime() {
    handler(0x20, "addl (%esp), %ebx\n incl %edx\n iretl\n");
    start(DATA, DATA + 0x8000, 3000);
    warm("movl (%esi), %eax\n movl %eax, (%edi)\n addl $4, %esi\n addl $4, %edi");
    both(
        machine -> {
          Clock clock = machine.cpu().clock;
          Clock.Timer[] timer = new Clock.Timer[1];
          int[] fired = new int[1];
          Runnable action =
              () -> {
                machine.injectInterrupt(0x20);
                timer[0].start(timer[0].at() + 900 + 7 * fired[0]++);
              };
          timer[0] = clock.timer(action, () -> true);
          timer[0].start(clock.now() + 500);
          machine.set(Register.EFLAGS, Eflags.IF | 2);
        });
    for (int count : List.of(300, 2000, 20_000, 77, 30_000)) {
      step(count);
      assertEquals(interpreter.nanos(), translator.nanos());
    }
    assertTrue(interpreter.get(Register.EDX) > 20, interpreter.get(Register.EDX) + " interrupts");
  }

  /** The last store turns INCL, at the beginning of the loop and of its page, into DECL. */
  @Test
  void theLastStoreChangesTheLoop() {
    start(CODE + 8, DATA, 700); // reads its page, which the map for stores does not have
    both(machine -> machine.set(Register.EDX, 0x9090_9048));
    warm("incl %eax\n nop\n nop\n nop\n movl (%esi), %ebx\n movl %edx, (%edi)\n addl $4, %edi");
    int before = interpreter.get(Register.EAX);
    start(CODE + 8, CODE - 4 * 99, 100);
    step(5000);
    start(CODE + 8, DATA, 700);
    step(5000);
    step(5000);
    assertEquals(0x48, interpreter.ram().get(ValueLayout.JAVA_BYTE, CODE));
    assertTrue(interpreter.get(Register.EAX) < before, "counts down");
  }

  /** The handler lets the page be written. */
  @Test
  void aStreamComesToAPageThatMayOnlyBeRead() {
    handler(
        14,
        """
          addl (%esp), %ebx
          movl %cr2, %ecx
          addl %ecx, %ebx
          shrl $12, %ecx
          orl $2, 0x91000(,%ecx,4)
          popl %ecx
          iretl
        """);
    start(DATA + 0x100, DATA, 1500); // has read where it will store
    warm("movl (%esi), %eax\n movl %eax, (%edi)\n addl $4, %esi\n addl $4, %edi");
    assertEquals(0, interpreter.get(Register.EBX));
    for (int n = 0; n < 8; n++) {
      both(
          machine -> {
            word(machine, TABLE + 4 * (DATA + 0x1000 >>> 12), DATA + 0x1000 | 5);
            machine.set(Register.CR3, DIRECTORY);
            machine.set(Register.EIP, 0x2000);
          });
      step(7000 + 37 * n);
    }
    assertEquals(8 * (DATA + 0x1000 + 3), interpreter.get(Register.EBX), "one fault each time");
  }
}
