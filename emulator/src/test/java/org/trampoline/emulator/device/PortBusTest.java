package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortBusTest {
  private final PortBus bus = new PortBus();
  private final List<String> log = new ArrayList<>();

  private final ByteDevice bytes =
      new ByteDevice() {
        @Override
        public int in(int port) {
          return port & 0xff;
        }

        @Override
        public void out(int port, int value) {
          log.add("%x=%02x".formatted(port, value));
        }
      };

  private final Ports wide =
      new Ports() {
        @Override
        public int in(int port, int size) {
          return 0x11223344;
        }

        @Override
        public void out(int port, int size, int value) {
          log.add("%x.%d=%x".formatted(port, size, value));
        }
      };

  @Test
  void unclaimedPortsReadAllOnes() {
    assertEquals(-1, bus.in(0x1234, 4));
    bus.out(0x1234, 4, 5);
    bus.claim(0x10, 1, bytes);
    assertEquals(0xffff_ff10, bus.in(0x10, 4));
  }

  @Test
  void onlyChipsThatNobodyWatchesAreSelfContained() {
    new PicPair(high -> {}).claimPorts(bus);
    bus.claim(0x30, 1, bytes);
    assertTrue(bus.selfContained(0x21));
    assertFalse(bus.selfContained(0x30));
    assertFalse(bus.selfContained(0x31));
    bus.watch(bytes);
    assertFalse(bus.selfContained(0x21));
    bus.watch(null);
    assertTrue(bus.selfContained(0xa0));
  }

  @Test
  void wideAccessIsSplitForByteDevices() {
    bus.claim(0x20, 4, bytes);
    assertEquals(0x2120, bus.in(0x20, 2));
    bus.out(0x20, 4, 0xaabbccdd);
    assertEquals(List.of("20=dd", "21=cc", "22=bb", "23=aa"), log);
  }

  @Test
  void wideAccessStaysWholeWithinOneDevice() {
    bus.claim(0xf4, 4, wide);
    assertEquals(0x11223344, bus.in(0xf4, 4));
    bus.out(0xf4, 4, 0xaabbccdd);
    bus.out(0xf6, 4, 0x01020304);
    assertEquals(List.of("f4.4=aabbccdd", "f6.1=4", "f7.1=3"), log);
  }

  @Test
  void theSpaceWraps() {
    bus.claim(0, 1, bytes);
    bus.claim(0xffff, 1, bytes);
    assertEquals(0x00ff, bus.in(0xffff, 2));
  }

  @Test
  void claimsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> bus.claim(0xffff, 2, bytes));
    assertThrows(IllegalArgumentException.class, () -> bus.claim(-1, 1, bytes));
    assertThrows(IllegalArgumentException.class, () -> bus.claim(5, 0, bytes));
  }
}
