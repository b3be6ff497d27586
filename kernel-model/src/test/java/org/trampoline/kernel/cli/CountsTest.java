package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class CountsTest {
  @ParameterizedTest
  @CsvSource({
    "20000, 20000",
    "1_000, 1000",
    "5k, 5000",
    "500K, 500000",
    "3M, 3000000",
    "2G, 2000000000"
  })
  void countsHaveUnits(String text, long count) {
    assertEquals(count, new Counts().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "k", "1.5M", "1m", "10000000000G", "twenty"})
  void whatIsNoCountIsRefused(String text) {
    assertThrows(TypeConversionException.class, () -> new Counts().convert(text));
  }
}
