package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.translate.lockstep.MachineState;

/** Stores to page tables in translated code: each is seen by the accesses behind it. */
class TableStoreTest {
  private static final int CODE = 0x1000;
  private static final int DIRECTORY = 0x9_0000;
  private static final int TABLE = 0x9_1000;

  private boolean pae;

  private static void word(Machine machine, int at, int value) {
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }

  private void entry(Machine machine, int table, int index, int value) {
    word(machine, table + index * (pae ? 8 : 4), value);
  }

  /** A megabyte mapped to itself, and the page directory at 4 MB, as a table of itself. */
  private Machine open(ExecutionEngine engine, String source) {
    Machine machine =
        Machine.builder()
            .memory(1 << 20)
            .cpu(CpuModel.MAX)
            .engine(engine)
            .checkedAddresses(true)
            .build();
    machine.flatProtectedMode();
    for (int i = 0; i < 256; i++) {
      entry(machine, TABLE, i, i << 12 | 7);
      word(machine, i << 12 | 0xff0, i * 0x01010101);
    }
    entry(machine, DIRECTORY, 0, TABLE | 7);
    entry(machine, DIRECTORY, 2, DIRECTORY | 7);
    word(machine, 0x9_8000, DIRECTORY | 1);
    machine.set(Register.ESP, 0x8000);
    String constants = ".set ENTRY, " + (pae ? 8 : 4) + "\n.set TABLE, " + TABLE + "\n";
    machine.load(
        CODE, Assembler.assemble(new Source("t.S", constants + source), CODE, Map.of()).bytes());
    machine.set(Register.CR4, Control.CR4_OSFXSR | (pae ? Control.CR4_PAE : 0));
    machine.set(Register.CR3, pae ? 0x9_8000 : DIRECTORY);
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG);
    machine.set(Register.EIP, CODE);
    machine.cpu().idtLimit = 0;
    return machine;
  }

  /** Runs it on both engines; returns the instructions that the translator has left otherwise. */
  private long compare(String source) {
    try (Machine interpreter = open(ExecutionEngine.INTERPRETER, source);
        Machine translator = open(ExecutionEngine.TRANSLATOR, source)) {
      assumeTrue(translator.translatorStatistics() != null, translator.whyNoTranslator());
      String first = interpreter.run(1_000_000).toString();
      String second = translator.run(1_000_000).toString();
      assertEquals(MachineState.of(interpreter) + first, MachineState.of(translator) + second);
      assertEquals(-1, interpreter.ram().mismatch(translator.ram()));
      return translator.instructions() - translator.translatorStatistics().executed();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsAreOfTheNewPages(boolean withPae) {
    pae = withPae;
    long left =
        compare(
            """
              movl $1000, %ecx
            1:
              xorl $0x3000, TABLE+0x20*ENTRY
              invlpg 0x20000
              addl 0x20ff0, %edx
              roll $1, %edx
              movl %ecx, 0x20100
              movl %ecx, %eax
              andl $0xf, %eax
              shll $12, %eax
              orl $0x40007, %eax
              movl %eax, TABLE+0x21*ENTRY
              addl 0x21ff0, %edx
              loop 1b
              hlt
            """);
    assertTrue(left < 200, left + " instructions not translated");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStringThatIsMappedByWhatItStoresTo(boolean withPae) {
    pae = withPae;
    compare(
        """
          movl $100, %ecx
        1:
          movl $0x30007, 0x20000
          movl $0x24007, 0x30000
          movl $0x20007, 0x24000
          movl $0x20000, %esi
          movl $TABLE+0x20*ENTRY, %edi
          movsl
          addl 0x20ff0, %edx
          roll $1, %edx
          loop 1b
          hlt
        """);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void widerThanAnEntry(boolean withPae) {
    pae = withPae;
    compare(
        """
          movups TABLE+0x20*ENTRY, %xmm0
          movups TABLE+0x28*ENTRY, %xmm1
          movl $100, %ecx
        1:
          movups %xmm0, TABLE+0x28*ENTRY
          movups %xmm1, TABLE+0x20*ENTRY
          addl 0x20ff0, %edx
          addl 0x21ff0, %edx
          addl 0x28ff0, %ebx
          addl 0x29ff0, %ebx
          movups %xmm1, TABLE+0x28*ENTRY
          movups %xmm0, TABLE+0x20*ENTRY
          addl 0x20ff0, %edx
          addl 0x21ff0, %edx
          addl 0x28ff0, %ebx
          addl 0x2bff0, %ebx
          movb TABLE+0x24*ENTRY+1, %al
          rorl $8, %eax
          movl TABLE+0x22*ENTRY+1, %eax
          movl %eax, TABLE+0x23*ENTRY+1
          addl 0x23ff0, %ebx
          addl 0x24ff0, %ebx
          movb $0x20, TABLE+0x23*ENTRY+1
          xorb $0x10, TABLE+0x23*ENTRY+1
          loop 1b
          hlt
        """);
  }

  @Test
  void theRunningCodeIsMappedElsewhere() {
    compare(
        """
          movl $0x3000, %edi
          movl $0x1000, %esi
          movl $0x400, %ecx
          rep movsl
          incl changed+0x2001
          movl $50, %ecx
        1:
          xorl $0x2000, TABLE+ENTRY
        changed:
          movl $5, %eax
          addl %eax, %edx
          roll $1, %edx
          loop 1b
          hlt
        """);
  }

  @Test
  void directoriesAreTablesToo() {
    compare(
        """
          movl $100, %ecx
        1:
          movl $0x98007, 0x90004
          movl $0x91007, 0x98000
          movl $0x44007, 0x98004
          movl $0x45007, 0x98008
          addl 0x401ff0, %edx
          roll $1, %edx
          movl $0x91007, 0x90004
          addl 0x401ff0, %edx
          addl 0x420ff0, %edx
          loop 1b
          hlt
        """);
  }

  @Test
  void aTableThatIsOnlyWrittenToIsTakenForData() {
    compare(
        """
          movl $600, %ecx
          addl 0x20ff0, %edx
        1:
          movl %ecx, %eax
          shll $12, %eax
          andl $0x7f000, %eax
          orl $7, %eax
          movl %eax, TABLE+0x20*ENTRY
          movl %eax, TABLE+0x30*ENTRY
          loop 1b
          addl 0x20ff0, %edx
          addl 0x30ff0, %edx
          movl $0x44007, TABLE+0x20*ENTRY
          addl 0x20ff0, %edx
          hlt
        """);
  }

  @Test
  void theStackIsAPageTable() {
    compare(
        """
          movl $100, %ecx
          addl 0x20ff0, %edx
        1:
          movl $TABLE+0x22*ENTRY, %esp
          pushl $0x27007
          pushl $0x28007
          addl 0x20ff0, %edx
          addl 0x21ff0, %edx
          call 2f
        2:
          popl %eax
          pushl $0x20007
          movl 0x24000, %eax
          xchgl %eax, TABLE+0x24*ENTRY
          addl 0x23ff0, %edx
          xchgl %eax, TABLE+0x24*ENTRY
          addl 0x24ff0, %edx
          loop 1b
          hlt
        """);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theEntryOfTheTablesOwnPage(boolean withPae) {
    pae = withPae;
    compare(
        """
          movl $100, %ecx
        1:
          xorl $0x800, TABLE+0x91*ENTRY
          addl TABLE+0x91*ENTRY, %edx
          roll $1, %edx
          andl $~0x60, TABLE+0x91*ENTRY
          xorl $0x800, TABLE+0x91*ENTRY
          addl TABLE+0x91*ENTRY, %edx
          andl $~0x40, TABLE+0x91*ENTRY
          xaddl %ebx, TABLE+0x92*ENTRY
          movl $0x92007, TABLE+0x92*ENTRY
          loop 1b
          hlt
        """);
  }

  @Test
  void accessesThatShareAProbeSeeTheStoreBetweenThem() {
    compare(
        """
          movl $200, %ecx
          movl $0x20ff0, %esi
        1:
          movb 0x20800, %bl            # so that the page is known
          jmp 2f
        2:
          addl (%esi), %edx
          xorl $0x3000, TABLE+0x20*ENTRY
          addl (%esi), %edx
          roll $1, %edx
          loop 1b
          hlt
        """);
  }

  @Test
  void controlRegistersStayWhateverManyProbesAreShared() {
    StringBuilder code = new StringBuilder();
    for (String register : new String[] {"eax", "ebx", "edx", "esi", "edi", "ebp", "esp"}) {
      code.append("movl $0x2%d000, %%%s\n".formatted(register.hashCode() & 7, register));
    }
    for (String register : new String[] {"ebx", "edx", "esi", "edi", "ebp", "esp"}) {
      code.append("incl 4(%%%s)\n incl 8(%%%s)\n".formatted(register, register));
    }
    compare(
        "movl $20, %ecx\n1:\n"
            + code
            + "movl %cr3, %eax\n addl %eax, 0x30000\n movl %eax, %cr3\n loop 1b\n hlt\n");
  }
}
