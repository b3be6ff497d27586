package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimeSpanTest {
  private static Duration time(String text) {
    return new TimeSpan().convert(text);
  }

  @Test
  void hasAUnitOrIsInSeconds() {
    assertEquals(Duration.ofSeconds(90), time("90s"));
    assertEquals(Duration.ofSeconds(90), time("90"));
    assertEquals(Duration.ofMinutes(10), time("10m"));
    assertEquals(Duration.ofHours(2), time("2h"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "h", "0s", "-1s", "1.5h", "1d", "9999999"})
  void anythingElseIsRefused(String text) {
    var e = assertThrows(TypeConversionException.class, () -> time(text));
    assertEquals("'" + text + "' is no time: expected 90s, 10m or 2h", e.getMessage());
  }
}
