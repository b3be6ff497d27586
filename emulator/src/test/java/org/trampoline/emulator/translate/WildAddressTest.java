package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.execute.Interpreter;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.TranslationMap;
import org.trampoline.emulator.translate.lockstep.MachineState;

/**
 * In debug mode an address outside of what it has to lie in is found before it is used, whatever
 * uses it. Traps, page faults and segments are {@code WildTrapTest}'s; {@code AddressChecksTest}
 * looks for accesses without a check.
 */
class WildAddressTest {
  private static final int MEMORY = 1 << 20;
  private static final int CODE = 0x1000;
  private static final int DATA = 0x5000;
  private static final int POINTER = DATA + 0x100;
  private static final int DIRECTORIES = 0x2_0000;
  private static final long[] READ_AND_WRITE = {TranslationMap.READ, TranslationMap.WRITE};

  private Machine machine;
  private Arena arena;

  /** Memory of somebody else's, to which a fault of ours would lead the maps. */
  private MemorySegment other;

  @BeforeEach
  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  void open() {
    machine =
        Machine.builder()
            .memory(MEMORY)
            .engine(ExecutionEngine.TRANSLATOR)
            .checkedAddresses(true)
            .sampling(new Sampling(256, 1))
            .build();
    assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
    arena = Arena.ofConfined();
    other = arena.allocate(0x1000, 0x1000);
  }

  @AfterEach
  void close() {
    machine.close();
    if (arena != null) {
      arena.close();
    }
  }

  private void load(String text) {
    machine.flatProtectedMode();
    machine.load(CODE, Assembler.assemble(new Source("test.S", text), CODE, Map.of()).bytes());
    machine.set(Register.EIP, CODE);
    for (Register register :
        new Register[] {Register.ESI, Register.EDI, Register.ESP, Register.EBP}) {
      machine.set(register, POINTER);
    }
    machine.set(Register.ECX, 8);
  }

  private void plant(long addend, long... maps) {
    for (long map : maps) {
      Host.put64(machine.cpu().mmu.map() + map + ((long) DATA >>> 12 << 3), addend);
    }
  }

  /** Lets the page of the data lead to memory of somebody else's. */
  private void plantOther(long... maps) {
    plant(other.address() - DATA, maps);
  }

  /** Lets the end of RAM be {@code distance} bytes behind {@link #POINTER}. */
  private void plantEnd(int distance) {
    plant(machine.ram().address() + MEMORY - POINTER - distance, READ_AND_WRITE);
  }

  private void assertFound(int count) {
    assertFound("guest memory", () -> machine.run(count));
    assertTrue(other.mismatch(arena.allocate(0x1000)) < 0, "it was written to");
  }

  private static void assertFound(String where, Runnable run) {
    var e = assertThrows(IllegalStateException.class, run::run);
    String message = e.getMessage();
    assertTrue(message.startsWith("emitted code formed the host address"), message);
    assertTrue(message.endsWith("which is not in " + where), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "movl (%esi), %eax",
        "movb %al, 3(%esi)",
        "movl (%esi,%ecx), %eax",
        "movl $5, (%esi)",
        "movzbl (%esi), %eax",
        "addl %eax, (%esi)",
        "movl 0x5004, %eax",
        "movl %ds, (%esi)",
        "pushl %eax",
        "pushl (%esi)",
        "pushl %ds",
        "pushfl",
        "pushal",
        "popl %eax",
        "popl (%esi)",
        "popal",
        "popfl",
        "enter $16, $0",
        "call 0x1800",
        "call *(%esi)",
        "jmp *(%esi)",
        "ret",
        "leave",
        "xlatb",
        "xchgl %eax, (%esi)",
        "cmovzl (%esi), %eax",
        "setzb (%esi)",
        "lock; xaddl %eax, (%esi)",
        "cmpxchgl %eax, (%esi)",
        "cmpxchg8b (%esi)",
        "btl $3, (%esi)",
        "btsl %eax, (%esi)",
        "bsfl (%esi), %eax",
        "shll $2, (%esi)",
        "rolw %cl, (%esi)",
        "shldl $2, %eax, (%esi)",
        "mull (%esi)",
        "divl (%esi)",
        "lodsl",
        "stosl",
        "movsb",
        "cmpsw",
        "scasb",
        "rep; stosl",
        "rep; movsb",
        "rep; lodsw",
        "repe; cmpsl",
        "repne; scasb",
        "std; rep; movsl",
        "fldl (%esi)",
        "fldcw (%esi)",
        "fstps (%esi)",
        "ldmxcsr (%esi)",
        "movups (%esi), %xmm1",
        "movaps %xmm1, (%esi)",
        "addsd (%esi), %xmm1",
        "movq (%esi), %mm1"
      })
  void isFound(String instruction) {
    load(
        (instruction.contains("xlat") ? "movl $0x5000, %ebx\n" : "")
            + instruction
            + "\n1: jmp 1b\n");
    machine.set(Register.EAX, 0);
    plantOther(READ_AND_WRITE);
    assertFound(1000);
  }

  /** Stores beside code have a map of their own, and a table of code lines to be looked at. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "movl %eax, (%esi)",
        "incl 4(%esi)",
        "pushl %eax",
        "stosl",
        "xaddl %eax, (%esi)",
        "movups %xmm1, (%esi)"
      })
  void isFoundBesideCode(String instruction) {
    load(instruction + "\n1: jmp 1b\n");
    plantOther(TranslationMap.WRITE_BESIDE_CODE);
    assertFound(1000);
  }

  /** The first of the accesses makes sure of all of them, which are checked one by one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "pushl %eax\n pushl %ebx\n movl 4(%esp), %ecx",
        "movl (%esi), %eax\n movl 8(%esi), %ebx",
        "popl %eax\n popl %ebx\n popl %ecx"
      })
  void isFoundWhereAProbeIsShared(String instructions) {
    load(instructions + "\n1: jmp 1b\n");
    plantOther(READ_AND_WRITE);
    assertFound(1000);
  }

  /** An operand that begins within RAM and ends, or has its fellows, beyond. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "movl (%esi), %eax",
        "incl (%esi)",
        "movups %xmm1, (%esi)",
        "popl %eax",
        "popal",
        "movw (%esi), %ax\n movl 8(%esi), %ebx",
        "rep; stosl"
      })
  void isFoundBehindTheEndOfRam(String instruction) {
    load(instruction + "\n1: jmp 1b\n");
    plantEnd(2);
    assertFound(1000);
  }

  private static final String LOOP =
      """
      0:  movl $0x5000, %esi
          movl $250, %ecx
      1:  ACCESS
          addl $8, %esi
          decl %ecx
          jnz 1b
          jmp 0b
      """;

  private void becomeFrequent(String access) {
    load(LOOP.replace("ACCESS", access));
    machine.run(20_000);
    assertTrue(machine.translatorStatistics().loopBlocks() > 0, "no loop without probes");
  }

  /** A frequent loop, in which nothing is probed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "movl (%esi), %eax",
        "addl %eax, 4(%esi)",
        "movups (%esi,%ecx), %xmm1",
        "fldl (%esi)\n fstpl (%esi)"
      })
  void isFoundInALoop(String access) {
    becomeFrequent(access);
    plantOther(READ_AND_WRITE);
    assertFound(20_000);
  }

  /** Where it begins all is well, but the page does not end where the maps say. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "movl (%esi), %eax",
        "addl %eax, 4(%esi)",
        "movups (%esi), %xmm1",
        "fldl (%esi)\n fstpl (%esi)"
      })
  void isFoundWhileALoopGoesOn(String access) {
    becomeFrequent(access);
    plantEnd(0x204);
    assertFound(20_000);
  }

  /** ROM lies outside RAM, but is no mistake: the interpreter executes what reads it. */
  @Test
  void romIsRead() {
    String program =
        """
        0:  movl $0xef000, %esi
            movl $700, %ecx
        1:  addl (%esi), %eax
            xorl 4(%esi), %ebx
            addl $8, %esi
            decl %ecx
            jnz 1b
            movl $0xf0100, %esp
            popl %edx
            popl %edi
            addl %edi, %edx
            leal 0x5000(%ebp), %esp
            addl %edx, %ebp
            andl $0xffc, %ebp
            movl $0xf0000, %esi
            movl $0x6000, %edi
            movl $300, %ecx
            rep movsl
            jmp 0b
        """;
    try (Machine interpreter =
        Machine.builder().memory(MEMORY).engine(ExecutionEngine.INTERPRETER).build()) {
      byte[] rom = new byte[0x1000];
      new Random(1).nextBytes(rom);
      Machine translator = machine;
      for (Machine m : new Machine[] {interpreter, translator}) {
        machine = m;
        m.mapRom(0xf_0000, rom);
        load(program);
        assertEquals(new StopReason.InstructionLimit(), m.run(100_001));
      }
      assertEquals(MachineState.of(interpreter).toString(), MachineState.of(translator).toString());
      assertEquals(-1, interpreter.ram().mismatch(translator.ram()));
      TranslatorStatistics statistics = translator.translatorStatistics();
      assertTrue(statistics.exitsByCause().get("wild") > 0, "no ROM read");
      assertTrue(statistics.loopBlocks() > 0, "no loop without probes");
    }
  }

  // ---- what the state block tells

  /** A processor with a translator whose state block is at hand. */
  private record Bench(Cpu cpu, Interpreter interpreter, TranslatorState state) {}

  private Bench bench() {
    Cpu c = machine.cpu();
    Decoder decoder = new Decoder(InstructionTable.get(), c.model.features());
    Interpreter interpreter = new Interpreter(c, decoder, machine);
    Translator translator =
        new Translator(arena, c, interpreter, decoder, 1 << 20, true, Sampling.USUAL);
    interpreter.accelerate(translator);
    return new Bench(c, interpreter, translator.state());
  }

  @Test
  void aJumpIsFoundThatLeavesTheCode() {
    load(
        """
        1:  imull $1103515245, %ecx
            addl $12345, %ecx
            movl %ecx, %eax
            shrl $16, %eax
            andl $3, %eax
            leal 0x1800(,%eax,8), %eax
            jmp *%eax
            .org 0x800
            .rept 4
            jmp 1b
            .p2align 3
            .endr
        """);
    Bench bench = bench();
    assertEquals(new StopReason.InstructionLimit(), bench.interpreter.run(10_000));
    int spoilt = 0;
    for (int n = 0; n < TranslatorState.JUMP_ENTRIES; n++) {
      long entry =
          bench.state.address() + TranslatorState.JUMPS + ((long) n << TranslatorState.JUMP_SHIFT);
      if (Host.get32(entry + TranslatorState.JUMP_MODE) != -1) {
        Host.put64(entry + TranslatorState.JUMP_CODE, other.address());
        spoilt++;
      }
    }
    assertTrue(spoilt > 0, "nothing in the table");
    assertFound("emitted code", () -> bench.interpreter.run(10_000));
  }

  @Test
  void aViewOfTheMapsIsFoundThatIsNone() {
    load(
        """
            movl $0x20000, %eax
            movl $0x21000, %ebx
        1:  movl %eax, %cr3
            movl (%esi), %edx
            movl %ebx, %cr3
            jmp 1b
        """);
    for (int space = 0; space < 2; space++) {
      byte[] large = {(byte) 0x87, 0, 0, 0}; // 4 MB
      machine.load(DIRECTORIES + 0x1000 * space, large);
    }
    machine.set(Register.CR4, machine.get(Register.CR4) | Control.CR4_PSE);
    machine.set(Register.CR3, DIRECTORIES);
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG);
    Bench bench = bench();
    assertEquals(new StopReason.InstructionLimit(), bench.interpreter.run(10_000));
    int spoilt = 0;
    for (long at = SpaceTable.TABLE; at < SpaceTable.VIEWS; at += 16) {
      int cr3 = Host.get32(bench.state.address() + at);
      if (cr3 == DIRECTORIES || cr3 == DIRECTORIES + 0x1000) {
        Host.put64(bench.state.address() + at + 8, other.address());
        spoilt++;
      }
    }
    assertEquals(2, spoilt);
    assertFound("the translation maps", () -> bench.interpreter.run(10_000));
  }
}
