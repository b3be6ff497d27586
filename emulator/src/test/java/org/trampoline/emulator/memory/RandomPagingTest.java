package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SDM vol. 3, chapter 4 as a whole: {@link RandomPaging} with fixed seeds. */
class RandomPagingTest {
  @ParameterizedTest
  @CsvSource({
    "1, 0, 1000",
    "2, 0, 10000",
    "3, 0x10, 1000",
    "4, 0x10, 10000",
    "5, 0x20, 1000",
    "6, 0x20, 10000",
    "7, 0x30, 3000"
  })
  void agreesWithThePureWalk(long seed, String cr4, int restlessness) {
    try (Arena arena = Arena.ofConfined()) {
      new RandomPaging(arena, seed, Integer.decode(cr4), restlessness).run(250_000);
    }
  }
}
