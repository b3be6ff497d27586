package org.trampoline.emulator.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.device.Ports;

/**
 * A guest program that goes from real-address mode through protected mode, paging, ring 3, a call
 * gate and a task gate to virtual-8086 mode (SDM vol. 3, 9.9, 5.8, 7.3, 20.2).
 */
class JourneyTest {
  private static final int ORIGIN = 0x10000;

  @Test
  void everyStationIsReachedInOrder() throws IOException {
    StringBuilder trail = new StringBuilder();
    Ports ports =
        new Ports() {
          @Override
          public int in(int port, int size) {
            return -1;
          }

          @Override
          public void out(int port, int size, int value) {
            trail.append((char) (value & 0xff));
          }
        };
    try (Machine machine = Machine.builder().memory(1 << 20).ports(ports).build()) {
      machine.load(ORIGIN, program());
      machine.cpu().segment[SegmentRegister.CS].setReal(ORIGIN >> 4);
      machine.cpu().eip = 0;
      StopReason reason = machine.run(100_000);
      assertEquals("RiPGFFfUgSsCcTtVvW", trail.toString());
      assertEquals(new StopReason.Halted(), reason);
    }
  }

  private static byte[] program() throws IOException {
    try (InputStream in = JourneyTest.class.getResourceAsStream("journey.S")) {
      String text = new String(in.readAllBytes(), UTF_8);
      return Assembler.assemble(new Source("journey.S", text), ORIGIN, Map.of()).bytes();
    }
  }
}
