package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.memory.PhysicalMemory;

class VgaTextTest {
  private final Pc pc = new Pc(Machine.builder().memory(1 << 20));
  private final PhysicalMemory memory = pc.machine().cpu().memory;

  @AfterEach
  void close() {
    pc.close();
  }

  private void text(int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      memory.write8(0xb_8000 + at + 2 * i, text.charAt(i));
      memory.write8(0xb_8000 + at + 2 * i + 1, 7);
    }
  }

  private void crtc(int register, int value) {
    pc.ports().out(0x3d4, 2, register | value << 8);
  }

  @Test
  void showsWhatIsInMemory() {
    assertEquals(List.of(), pc.display().lines());
    text(0, "one  ");
    text(2 * 80 * 2 + 6, "two");
    assertEquals(List.of("one", "", "   two"), pc.display().lines());
  }

  @Test
  void startAddressScrolls() {
    text(80 * 2, "second");
    crtc(0x0d, 80);
    assertEquals(List.of("second"), pc.display().lines());
  }

  @Test
  void fiftyLinesWithSmallerCharacters() {
    text(40 * 160, "low");
    assertEquals(0, pc.display().lines().size());
    crtc(9, 0x47);
    assertEquals(41, pc.display().lines().size());
  }

  @Test
  void theFirstRegistersCanBeLocked() {
    crtc(1, 39);
    assertEquals(0x4f, crtcValue(1), "locked by bit 7 of register 11H");
    crtc(0x11, 0x0e);
    crtc(1, 39);
    assertEquals(39, crtcValue(1));
  }

  private int crtcValue(int register) {
    pc.ports().out(0x3d4, 1, register);
    return pc.ports().in(0x3d5, 1) & 0xff;
  }

  @Test
  void readingTheStatusMakesTheAttributePortTakeAnIndex() {
    pc.ports().in(0x3da, 1);
    pc.ports().out(0x3c0, 1, 0x10);
    pc.ports().out(0x3c0, 1, 0x0c);
    pc.ports().in(0x3da, 1);
    pc.ports().out(0x3c0, 1, 0x30);
    assertEquals(0x0c, pc.ports().in(0x3c1, 1) & 0xff);
    assertNotEquals(pc.ports().in(0x3da, 1), pc.ports().in(0x3da, 1), "retraces come and go");
  }

  @Test
  void paletteKeepsThreeTimes256Values() {
    pc.ports().out(0x3c8, 1, 5);
    for (int i = 0; i < 3; i++) {
      pc.ports().out(0x3c9, 1, 0x41 + i);
    }
    pc.ports().out(0x3c7, 1, 5);
    assertEquals(1, pc.ports().in(0x3c9, 1) & 0xff, "of six bits");
    assertEquals(2, pc.ports().in(0x3c9, 1) & 0xff);
    assertEquals(3, pc.ports().in(0x3c9, 1) & 0xff);
  }
}
