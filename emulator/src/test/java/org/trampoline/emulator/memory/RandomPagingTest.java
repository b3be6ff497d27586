package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SDM vol. 3, chapter 4 as a whole: {@link RandomPaging} with fixed seeds. */
class RandomPagingTest {
  @ParameterizedTest
  @CsvSource({"1,0", "2,0", "3,0x10", "4,0x10", "5,0x20", "6,0x20", "7,0x30"})
  void agreesWithThePureWalk(long seed, String cr4) {
    try (Arena arena = Arena.ofConfined()) {
      new RandomPaging(arena, seed, Integer.decode(cr4)).run(400_000);
    }
  }
}
