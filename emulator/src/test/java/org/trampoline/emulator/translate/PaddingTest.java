package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.decode.Operation;

/** What stands between a block and an aligned one behind it: NOPs, which IA-32 has likewise. */
class PaddingTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 40})
  void isFewInstructionsThatDoNothing(int size) {
    HostAssembler a = new HostAssembler();
    a.pad(size);
    assertEquals(size, a.length());
    Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
    int count = 0;
    for (int at = 0; at < size; count++) {
      int from = at;
      Insn i = decoder.decode(n -> from + n < size ? a.bytes()[from + n] & 0xff : 0xcc, true);
      assertEquals(Operation.NOP, i.operation, "at " + at);
      at += i.length;
      assertTrue(at <= size, "the last one ends at " + at);
    }
    assertEquals((size + 8) / 9, count);
  }
}
