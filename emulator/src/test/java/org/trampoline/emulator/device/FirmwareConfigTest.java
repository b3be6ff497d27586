package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FirmwareConfigTest {
  private final FirmwareConfig config = new FirmwareConfig(0x1_2345_6000L, 3);

  private String bytes(int selector, int count) {
    config.out(0x510, 2, selector);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("%02x".formatted(config.in(0x511, 1)));
    }
    return text.toString();
  }

  @Test
  void itemsAreReadByteByByte() {
    assertEquals("51454d55", bytes(0, 4), "QEMU");
    assertEquals("0060452301000000", bytes(3, 8));
    assertEquals("030000", bytes(5, 3), "zeros behind the end");
    assertEquals("0000", bytes(0x77, 2));
  }

  @Test
  void filesAreInTheDirectory() {
    config.add("a/b", new byte[] {1, 2, 3});
    config.add("c", new byte[] {9});
    String name = "612f62" + "00".repeat(53);
    assertEquals("00000002" + "00000003" + "0020" + "0000" + name, bytes(0x19, 4 + 64));
    assertEquals("010203", bytes(0x20, 3));
    assertEquals("0900", bytes(0x21, 2));
  }

  @Test
  void namesHaveRoom() {
    String name = new String(new char[56]).replace('\0', 'x');
    assertEquals(56, name.getBytes(StandardCharsets.US_ASCII).length);
    assertThrows(IllegalArgumentException.class, () -> config.add(name, new byte[1]));
  }
}
