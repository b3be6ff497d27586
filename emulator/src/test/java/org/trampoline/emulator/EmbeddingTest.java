package org.trampoline.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.cpu.UndefinedFlags;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.AbsentMemory;
import org.trampoline.emulator.memory.MmioDevice;

/** What an embedder can do with a machine: docs/embedding.md. */
class EmbeddingTest {
  private static final int ORIGIN = 0x1000;

  private final Machine machine = Machine.builder().memory(1 << 20).build();
  private final Registers registers = machine.registers();

  @AfterEach
  void close() {
    machine.close();
  }

  private static byte[] assemble(String program, int origin) {
    return Assembler.assemble(new Source("t.S", program), origin, Map.of()).bytes();
  }

  private void load(String program) {
    machine.flatProtectedMode();
    machine.load(ORIGIN, assemble(program, ORIGIN));
    machine.set(Register.EIP, ORIGIN);
    machine.set(Register.ESP, 0x8000);
  }

  @Test
  void theTranslatorRunsUnlessTheInterpreterIsAskedForOrTheHostRefuses() {
    try (Machine usual = Machine.builder().engine(ExecutionEngine.TRANSLATOR).build();
        Machine safe = Machine.builder().engine(ExecutionEngine.INTERPRETER).build();
        Machine other = Machine.builder().undefinedFlags(UndefinedFlags.ZEN).build()) {
      assertEquals(usual.engine() == ExecutionEngine.TRANSLATOR, usual.whyNoTranslator() == null);
      assertEquals(usual.engine().toString(), usual.name());
      if (System.getProperty("trampoline.engine") == null) {
        assertEquals(usual.engine(), machine.engine());
        assertEquals(
            "undefined flags other than the usual are the interpreter's", other.whyNoTranslator());
      }
      assertEquals(ExecutionEngine.INTERPRETER, other.engine());
      assertEquals(ExecutionEngine.INTERPRETER, safe.engine());
      assertTrue(
          safe.statistics()
              .describe()
              .startsWith("interpreter, because the interpreter was asked for"));
    }
  }

  @Test
  void anEngineIsChosenByName() {
    for (ExecutionEngine engine : ExecutionEngine.values()) {
      assertEquals(engine, ExecutionEngine.named(engine.toString()));
    }
    var e = assertThrows(IllegalArgumentException.class, () -> ExecutionEngine.named("Translator"));
    assertEquals("engine Translator: expected translator or interpreter", e.getMessage());
  }

  @Test
  void theExampleRuns() {
    String program =
        """
                pushl $1f - 0x08048000 + 0x08048000
                movl $4, %eax
                movl $1, %ebx
                popl %ecx
                movl $6, %edx
                int $0x80
                movl $7, %ebx
                movl $1, %eax
                int $0x80
        1:      .ascii "hello\\n"
        """;
    assertEquals(
        """
        page bffef000
        store 8048023 at eip 8048000
        hello
        exit 7
        Requested[]\
        """,
        EmbeddingExample.run(assemble(program, 0x0804_8000)));
    assertTrue(
        EmbeddingExample.run(assemble("movl $1, 0x08048000", 0x0804_8000)).startsWith("fault 14"));
  }

  @Test
  void theExampleIsTheOneInTheManual() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/embedding.md"))) {
      folder = folder.getParent();
    }
    String example =
        Files.readString(
            folder.resolve("emulator/src/test/java/org/trampoline/emulator/EmbeddingExample.java"));
    String body =
        example
            .substring(example.indexOf("      machine.flatProtectedMode()"))
            .lines()
            .takeWhile(line -> !line.contains("return log.append(reason)"))
            .map(line -> line.isEmpty() ? line : line.substring(2))
            .reduce("", (a, b) -> a + b + "\n");
    assertTrue(Files.readString(folder.resolve("docs/embedding.md")).contains(body));
  }

  @Test
  void everyRegisterCanBeSet() {
    machine.flatProtectedMode();
    for (int i = 0; i < 8; i++) {
      registers.setGeneral(i, 0x100 + i);
      assertEquals(0x100 + i, registers.general(i));
      Registers.Segment segment =
          new Registers.Segment(8 * i, 0x1000 * i, 0xffff, i == 1 ? 0x409b : 0x4093);
      registers.setSegment(i, segment);
      assertEquals(segment, registers.segment(i));
      registers.setSt(i, new Registers.Extended(0x4000 + i, 0x8000_0000_0000_0000L + i));
      assertEquals(new Registers.Extended(0x4000 + i, 0x8000_0000_0000_0000L + i), registers.st(i));
      if (i < 4 || i > 5) {
        registers.setDebug(i, i < 4 ? 0x5000 + i : 0xffff_0ff0);
      }
    }
    assertEquals(0x5003, registers.debug(3));
    assertTrue(machine.code32());
    registers.setEflags(0x246);
    assertEquals(0x246, registers.eflags());
    registers.setGdtr(new Registers.Table(0x7000, 0x27));
    registers.setIdtr(new Registers.Table(0x6000, 0x7ff));
    assertEquals(new Registers.Table(0x7000, 0x27), registers.gdtr());
    assertEquals(new Registers.Table(0x6000, 0x7ff), registers.idtr());
    registers.setControl(2, 0x1234_5678);
    assertEquals(0x1234_5678, registers.control(2));
    registers.setMsr(0x174, 0x60);
    assertEquals(0x60, registers.msr(0x174));
    assertThrows(IllegalArgumentException.class, () -> registers.msr(0x12345));
    assertThrows(IllegalArgumentException.class, () -> registers.control(1));
    registers.setControlWord(0x27f);
    registers.setStatusWord(0x3800);
    registers.setTagWord(0xfffc);
    assertEquals(0x27f, registers.controlWord());
    assertEquals(0x3800, registers.statusWord());
    assertEquals(0xfffc, registers.tagWord() | 0xfffc);
    registers.setXmm(7, new Registers.Vector(1, 2));
    registers.setMxcsr(0x7f80);
    assertEquals(new Registers.Vector(1, 2), registers.xmm(7));
    assertEquals(0x7f80, registers.mxcsr());
    registers.setMm(3, 0x1122_3344_5566_7788L);
    assertEquals(0x1122_3344_5566_7788L, registers.mm(3));
  }

  @Test
  void romAndDevicesAndNothing() {
    List<String> log = new ArrayList<>();
    machine.mapRom(0x4_0000, new byte[0x1000]);
    machine.mapDevice(
        0xf000_0000,
        0x1000,
        new MmioDevice() {
          @Override
          public int read(int offset, int size) {
            return 0xabcd;
          }

          @Override
          public void write(int offset, int size, int value) {
            log.add("%x.%d=%x at %x".formatted(offset, size, value, machine.get(Register.EIP)));
          }
        });
    machine.absentMemory(AbsentMemory.OPEN_BUS);
    load(
        "movl $1, 0x40000; movl 0x40000, %eax; movw 0xf0000004, %bx; movl %ebx, 0xf0000008;"
            + " movl 0xe0000000, %ecx; hlt");
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(0, machine.get(Register.EAX));
    assertEquals(0xabcd, machine.get(Register.EBX));
    assertEquals(-1, machine.get(Register.ECX));
    assertEquals(1, log.size());
    assertTrue(log.getFirst().startsWith("8.4=abcd at "), log.getFirst());
    machine.absentMemory(AbsentMemory.STOP);
    machine.set(Register.EIP, ORIGIN);
    assertEquals(new StopReason.NoMemory(0xe000_0000, false), machine.run(100));
  }

  @Test
  void hooksSeeInstructionsAndAccessesWithExactRegisters() {
    List<String> log = new ArrayList<>();
    machine.observe(
        new Observer() {
          @Override
          public void instruction(Engine engine, int address) {
            log.add("%x ecx=%d".formatted(address, engine.get(Register.ECX)));
          }

          @Override
          public void memoryRead(Engine engine, int linear, int size, long value) {
            log.add("read %x.%d=%x".formatted(linear, size, value));
          }

          @Override
          public void memoryWrite(Engine engine, int linear, int size, long value) {
            log.add("write %x.%d=%x".formatted(linear, size, value));
          }
        });
    load("movl $2, %ecx; incl 0x2000; pushw %cx; hlt");
    machine.run(100);
    assertEquals(
        List.of(
            "1000 ecx=0",
            "1005 ecx=2",
            "read 2000.4=0",
            "write 2000.4=1",
            "100b ecx=2",
            "write 7ffe.2=2",
            "100d ecx=2"),
        log);
  }

  @Test
  void anInstructionCanBeReplaced() {
    machine.observe(
        new Observer() {
          @Override
          public void instruction(Engine engine, int address) {
            if (engine.ram().get(ValueLayout.JAVA_SHORT_UNALIGNED, address) == (short) 0xa20f) {
              engine.set(Register.EAX, 0x1234);
              engine.set(Register.EIP, address + 2);
            }
          }
        });
    load("cpuid; movl %eax, %ebx; hlt");
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(0x1234, machine.get(Register.EBX));
  }

  @Test
  void faultsAreRetriedOrSteppedOverOrDelivered() {
    load("ud2; incl %ebx; divl %ecx; incl %ebx; hlt");
    machine.onFault(
        (vector, errorCode, linear) -> {
          if (vector == 6) {
            machine.set(Register.EIP, machine.get(Register.EIP) + 2);
            return true;
          }
          if (vector == 0) {
            machine.set(Register.EDX, 0);
            machine.set(Register.ECX, 1);
            return true;
          }
          return false;
        });
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(2, machine.get(Register.EBX));
    load("int3");
    machine.onFault((vector, errorCode, linear) -> false);
    assertTrue(machine.run(100) instanceof StopReason.TripleFault);
  }

  @Test
  void endlessRetriesEnd() {
    load("ud2");
    machine.onFault((vector, errorCode, linear) -> true);
    assertEquals(new StopReason.InstructionLimit(), machine.run(1000));
  }

  @Test
  void softwareInterruptsAreServedByTheHost() {
    List<Integer> served = new ArrayList<>();
    machine.onInterrupt(
        vector -> {
          served.add(vector);
          machine.set(Register.EAX, vector);
          return true;
        });
    load("int $0x80; movl %eax, %ebx; int3; hlt");
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(List.of(0x80, 3), served);
    assertEquals(0x80, machine.get(Register.EBX));
  }

  /** An IDT whose gates for vectors 2 and 32 lead to code at 3000H, which counts in EDI. */
  private void interruptHandlers() {
    machine.load(0x3000, assemble("incl %edi; iretl", 0x3000));
    machine.load(0x4000, assemble(".quad 0, 0x00cf9b000000ffff", 0));
    registers.setGdtr(new Registers.Table(0x4000, 15));
    registers.setIdtr(new Registers.Table(0x5000, 0x7ff));
    for (int vector : new int[] {2, 32}) {
      machine.ram().set(ValueLayout.JAVA_LONG, 0x5000 + 8 * vector, 0x0000_8e00_0008_3000L);
    }
    registers.setSegment(1, new Registers.Segment(8, 0, -1, 0xc09b));
  }

  @Test
  void interruptsAndNmisAreInjected() {
    List<Integer> seen = new ArrayList<>();
    load("sti; nop; nop; cli; nop; nop; sti; nop; nop; hlt");
    interruptHandlers();
    machine.observe(
        new Observer() {
          @Override
          public void interrupt(Engine engine, int vector) {
            seen.add(vector);
          }
        });
    assertEquals(new StopReason.InstructionLimit(), machine.run(4)); // interrupts are off
    machine.injectInterrupt(32);
    assertEquals(new StopReason.InstructionLimit(), machine.run(2));
    assertEquals(0, machine.get(Register.EDI));
    machine.injectNmi();
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(List.of(2, 32), seen);
    assertEquals(2, machine.get(Register.EDI));
  }

  @Test
  void anInjectedInterruptWakesAHaltedProcessor() {
    load("sti; hlt; incl %ebx; cli; hlt");
    interruptHandlers();
    assertEquals(new StopReason.Halted(), machine.run(100));
    machine.injectInterrupt(32);
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(1, machine.get(Register.EBX));
    assertEquals(1, machine.get(Register.EDI));
  }

  @Test
  void aRunCanBeBoundedInRealTime() {
    load("1: jmp 1b");
    assertEquals(new StopReason.Requested(), machine.run(Long.MAX_VALUE, Duration.ofMillis(50)));
    assertEquals(new StopReason.InstructionLimit(), machine.run(1000, Duration.ofSeconds(100)));
    assertEquals(new StopReason.InstructionLimit(), machine.run(1000));
  }

  @Test
  void linearMemoryWithPermissions() {
    LinearMap map = new LinearMap(machine, 0x1_0000);
    map.map(0, 0, 0x8000, true, false);
    map.map(0xc000_0000, 0x2_0000, 0x2000, true, false);
    map.map(0xc000_2000, 0x2_0000, 0x1000, false, false);
    List<String> faults = new ArrayList<>();
    machine.onFault(
        (vector, errorCode, linear) -> {
          faults.add("%d %x %x".formatted(vector, errorCode, linear));
          map.map(linear & ~0xfff, 0x2_0000, 0x1000, true, false);
          return true;
        });
    load(
        "movl $5, 0xc0000010; movl 0xc0002010, %eax; movl $6, 0xc0002014; movl 0xd0000010, %ebx;"
            + " hlt");
    map.activate();
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(5, machine.get(Register.EAX));
    assertEquals(5, machine.get(Register.EBX));
    assertEquals(List.of("14 3 c0002014", "14 0 d0000010"), faults);
    map.unmap(0xd000_0000, 0x1000);
    load("movl 0xd0000010, %ebx; hlt");
    map.activate();
    machine.run(100);
    assertEquals(3, faults.size());
    assertThrows(IllegalArgumentException.class, () -> map.map(1, 0, 0x1000, true, true));
    assertThrows(IllegalArgumentException.class, () -> map.map(0xffff_f000, 0, 0x2000, true, true));
  }

  @Test
  void linearMemoryIsReadAndWrittenFromOutside() {
    LinearMap map = new LinearMap(machine, 0x1_0000);
    map.map(0xc000_0000, 0x2_0000, 0x1000, false, false);
    map.map(0xc000_1000, 0x3_0000, 0x1000, false, false);
    map.activate();
    machine.writeLinear(0xc000_0ffe, 4, 0x11223344);
    assertEquals(0x11223344, machine.readLinear(0xc000_0ffe, 4));
    assertEquals(0x1122, machine.ram().get(ValueLayout.JAVA_SHORT, 0x3_0000));
    assertThrows(IllegalArgumentException.class, () -> machine.readLinear(0xd000_0000, 1));
  }
}
