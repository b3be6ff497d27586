package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.memory.PhysicalMemory;

/** Modes are told apart by what segments are, and by numbers that none has had before. */
class CodeModeTest {
  private final Cpu cpu =
      new Cpu(CpuModel.MAX, new PhysicalMemory(Arena.ofAuto(), 1 << 20), Ports.NONE);
  private final CodeMode.Table modes = new CodeMode.Table();

  private CodeMode withCodeAt(int base) {
    SegmentRegister code = cpu.segment[SegmentRegister.CS];
    code.setReal(base >>> 4);
    return modes.of(cpu);
  }

  @Test
  void oneForEachCodeSegment() {
    CodeMode first = withCodeAt(0x100);
    assertNotEquals(first.id, withCodeAt(0x200).id);
    assertSame(first, withCodeAt(0x100));
  }

  @Test
  void noNumberComesBack() {
    int id = withCodeAt(0).id;
    for (int base = 0x10; !modes.full(); base += 0x10) {
      id = withCodeAt(base).id;
    }
    modes.clear();
    assertFalse(modes.full());
    assertTrue(withCodeAt(0).id > id);
    assertEquals(0, withCodeAt(0).codeBase);
  }
}
