package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.PhysicalMemory;

/** What a guest cannot do to the host, however long it runs. */
class BoundsTest {
  private static final int CODE = 0x1000;
  private static final int CODE_BYTES = 1 << 18;

  private Machine machine;

  @BeforeEach
  void open() {
    machine =
        Machine.builder()
            .memory(1 << 20)
            .engine(ExecutionEngine.TRANSLATOR)
            .translatedCode(CODE_BYTES)
            .build();
    assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
    machine.flatProtectedMode();
    machine.set(Register.ESP, 0x8000);
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private void load(String source) {
    byte[] code = Assembler.assemble(new Source("test.S", source), CODE, Map.of()).bytes();
    machine.load(CODE, code);
    machine.set(Register.EIP, CODE);
  }

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void codeGeneratedForEverDoesNotGrowTheHost() {
    // writes "movl $n, %eax; ret" to ever other places of 64 KB, and calls it
    load(
        """
        	movl $0x10000, %edi
        1:	incl %ecx
        	movb $0xb8, (%edi)
        	movl %ecx, 1(%edi)
        	movb $0xc3, 5(%edi)
        	call *%edi
        	cmpl %ecx, %eax
        	jne 2f
        	addl $112, %edi
        	andl $0xffff, %edi
        	orl $0x10000, %edi
        	jmp 1b
        2:	hlt
        """);
    assertEquals(new StopReason.InstructionLimit(), machine.run(1_000_000));
    long before = heap();
    assertEquals(new StopReason.InstructionLimit(), machine.run(3_000_000));
    long grown = heap() - before;
    TranslatorStatistics statistics = machine.translatorStatistics();
    assertTrue(statistics.flushes() > 2, statistics.describe(machine.instructions()));
    assertTrue(statistics.codeBytes() <= CODE_BYTES);
    assertTrue(grown < 2 << 20, "the heap has grown by " + grown + " bytes");
  }

  @Test
  void aLoopThatRewritesItselfForEverIsLeftToTheInterpreter() {
    load(
        """
        	movl $60000, %ecx
        1:	incl %eax
        	movl %eax, 2f+1
        2:	movl $0, %edx
        	addl %edx, %ebx
        	decl %ecx
        	jnz 1b
        	movl $30000000, %ecx
        3:	addl %ecx, %ebx
        	decl %ecx
        	jnz 3b
        	hlt
        """);
    assertEquals(new StopReason.Halted(), machine.run(Long.MAX_VALUE));
    long sum = 60_000 * 60_001L / 2 + 30_000_000 * 30_000_001L / 2;
    assertEquals((int) sum, machine.get(Register.EBX));
    TranslatorStatistics statistics = machine.translatorStatistics();
    assertTrue(statistics.blocks() < 30_000, statistics.blocks() + " blocks in 60,000 passes");
    // and what does not change is translated again
    assertTrue(statistics.executed() > 80_000_000, statistics.executed() + " in host code");
  }

  @Test
  void whatWasCodeAndIsDataNowIsWrittenInPlace() {
    load(
        """
        	movl $0x2000, %edi
        	movb $0xc3, (%edi)
        	call *%edi
        1:	incl (%edi)
        	jmp 1b
        """);
    machine.run(1000);
    assertEquals(0, machine.cpu().memory.attributes(0x2000) & PhysicalMemory.CODE);
    long executed = machine.translatorStatistics().executed();
    machine.run(10_000);
    long more = machine.translatorStatistics().executed() - executed;
    assertTrue(Math.abs(more - 10_000) <= 200, more + " in host code");
  }

  @Test
  void aRequestToStopIsObeyedSoonAndNoCollectionWaits() throws InterruptedException {
    load(
        """
        1:	movl (%esi), %eax
        	imull %eax, %edx
        	addl $64, %esi
        	andl $0x7ffff, %esi
        	jmp 1b
        """);
    StopReason[] reason = new StopReason[1];
    Thread guest = new Thread(() -> reason[0] = machine.run(Long.MAX_VALUE));
    guest.start();
    Thread.sleep(200);
    long longest = 0;
    for (int i = 0; i < 10; i++) {
      long start = System.nanoTime();
      System.gc();
      longest = Math.max(longest, System.nanoTime() - start);
    }
    long asked = System.nanoTime();
    machine.requestStop();
    guest.join(10_000);
    long waited = System.nanoTime() - asked;
    assertEquals(new StopReason.Requested(), reason[0]);
    assertTrue(waited < 500_000_000, "it stopped after " + waited + " ns");
    assertTrue(longest < 2_000_000_000, "a collection took " + longest + " ns");
    if (Boolean.getBoolean("trampoline.show")) {
      System.out.println("stopped after " + waited + " ns, longest collection " + longest + " ns");
    }
  }
}
