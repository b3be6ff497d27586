package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.memory.PhysicalMemory;

class TranslatedBlockTest {
  @Test
  void linksThatComeBackTakeNoMoreRoom() {
    try (Arena arena = Arena.ofConfined()) {
      Cpu cpu = new Cpu(CpuModel.MAX, new PhysicalMemory(arena, 1 << 20), Ports.NONE);
      CodeMode mode = new CodeMode.Table().of(cpu);
      TranslatedBlock block = new TranslatedBlock(0x1000, mode, 0x7000_1000L);
      TreeSet<Integer> expected = new TreeSet<>();
      for (int i = 0; i < 1_000_000; i++) {
        int record = 0x40 * (i % 5);
        block.addLink(record);
        expected.add(record);
      }
      TreeSet<Integer> kept = new TreeSet<>();
      for (int i = 0; i < block.linkCount(); i++) {
        kept.add(block.link(i));
      }
      assertEquals(expected, kept);
      assertTrue(block.linkCount() <= 2 * expected.size(), () -> block.linkCount() + " links");
    }
  }
}
