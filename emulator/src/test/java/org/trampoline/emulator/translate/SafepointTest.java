package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.HostCalls;

/**
 * Why a collection of garbage does not wait for translated code, whatever it does: the JVM need not
 * stop a thread that is in it, and it is left again before long.
 */
class SafepointTest {
  private static final int JE = 0x74;
  private static final int WITHIN = 60_000;

  @Test
  void collectionsDoNotWaitForAThreadInEmittedCode() throws InterruptedException {
    assumeTrue(CodeMemory.supported(System.getProperty("os.name"), System.getProperty("os.arch")));
    try (Arena arena = Arena.ofShared()) {
      CodeMemory memory = CodeMemory.allocate(arena, 4096, 4096);
      HostAssembler a = new HostAssembler();
      // says that it is there, and stays until it is told to leave
      a.memory(4, 0xc7, 0, HostAssembler.RDI, 0);
      a.emit32(1);
      int again = a.length();
      a.memory(4, 0x83, 7, HostAssembler.RDI, 4);
      a.emit8(0);
      a.emit8(JE, again - (a.length() + 2));
      a.memory(4, 0x8b, HostAssembler.RAX, HostAssembler.RDI, 4);
      a.emit8(0xc3);
      MemorySegment.copy(a.bytes(), 0, memory.writable(), ValueLayout.JAVA_BYTE, 0, a.length());
      MemorySegment flags = arena.allocate(8, 8);
      int[] result = new int[1];
      MemorySegment code = MemorySegment.ofAddress(memory.executable());
      Thread inside =
          new Thread(() -> result[0] = HostCalls.enter(code, flags.address(), 0), "inside");
      inside.start();
      var word = ValueLayout.JAVA_INT.varHandle();
      while ((int) word.getVolatile(flags, 0L) == 0) {
        Thread.onSpinWait();
      }
      Thread collector = new Thread(System::gc, "collector");
      collector.start();
      collector.join(WITHIN);
      boolean waits = collector.isAlive();
      boolean left = !inside.isAlive();
      word.setVolatile(flags, 4L, 7);
      inside.join();
      collector.join();
      assertFalse(waits, "a collection waits for a thread in emitted code");
      assertFalse(left);
      assertEquals(7, result[0]);
    }
  }

  @Test
  void anEntryEndsAfterHalfAMillionInstructionsAtMost() {
    long instructions = 20_000_000;
    try (Machine machine =
        Machine.builder().memory(1 << 20).engine(ExecutionEngine.TRANSLATOR).build()) {
      assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
      machine.flatProtectedMode();
      machine.load(0x1000, new byte[] {0x40, (byte) 0xeb, (byte) 0xfd}); // 1: inc eax; jmp 1b
      machine.set(Register.EIP, 0x1000);
      assertEquals(new StopReason.InstructionLimit(), machine.run(instructions));
      assertEquals(instructions / 2, machine.get(Register.EAX));
      TranslatorStatistics statistics = machine.translatorStatistics();
      assertTrue(statistics.executed() > instructions / 10 * 9);
      long entries = statistics.exitsByCause().get("budget");
      assertTrue(entries >= statistics.executed() >> 19, entries + " entries");
    }
  }
}
