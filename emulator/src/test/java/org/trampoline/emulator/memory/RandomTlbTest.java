package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SDM vol. 3, 4.10 as a whole: {@link RandomPaging} under a {@link TlbModel}, fixed seeds. */
class RandomTlbTest {
  private static final TlbGeometry TINY =
      new TlbGeometry(
          "tiny",
          new TlbGeometry.Shape(4, 2),
          null,
          new TlbGeometry.Shape(8, 2),
          new TlbGeometry.Shape(2, 1),
          new TlbGeometry.Shape(16, 4));

  @ParameterizedTest
  @CsvSource({
    "11, 0, pentium3, COUNTING",
    "12, 0x10, pentium3, AUTHORITATIVE",
    "13, 0x90, pentium4, AUTHORITATIVE",
    "14, 0x20, two-level, COUNTING",
    "15, 0xa0, two-level, AUTHORITATIVE",
    "16, 0xb0, tiny, AUTHORITATIVE",
    "17, 0x90, tiny, AUTHORITATIVE",
  })
  void agreesWithTheLists(long seed, String cr4, String geometry, TlbModel.Mode mode) {
    TlbGeometry tlb =
        switch (geometry) {
          case "pentium3" -> TlbGeometry.PENTIUM3;
          case "pentium4" -> TlbGeometry.PENTIUM4;
          case "two-level" -> TlbGeometry.TWO_LEVEL;
          default -> TINY;
        };
    try (Arena arena = Arena.ofConfined()) {
      new RandomPaging(arena, seed, Integer.decode(cr4), tlb, mode).run(150_000);
    }
  }
}
