package org.trampoline.bench.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.programs.Endless;
import org.trampoline.emulator.translate.TranslatorStatistics;
import org.trampoline.kernel.cli.BadInput;
import org.trampoline.kernel.cli.BenchmarkSuite.LongRun;

/** A few seconds of the long run, and what it would find. */
class SoakTest {
  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text, true);

  @BeforeEach
  void hostIsSupported() {
    assumeTrue(Sample.absence() == null, Sample.absence());
  }

  private int soak(Duration time, List<Supplier<Guest>> guests) {
    return new Soak(guests, out).run(time, out);
  }

  @Test
  void guestsThatMakeWorkForEverHaveRightResults() {
    assumeTrue(EngineKind.TRANSLATOR.absence() == null);
    List<Supplier<Guest>> guests =
        Arrays.stream(Endless.values())
            .map(
                program ->
                    (Supplier<Guest>) () -> new ProgramGuest(EngineKind.TRANSLATOR, program, 200))
            .toList();
    soak(Duration.ofMillis(500), guests); // too short to be warm: nothing is said of memory
    assertTrue(text.toString().contains("samples in"), text.toString());
    for (Endless program : Endless.values()) {
      assertTrue(text.toString().contains("\n" + program.title()), text.toString());
    }
  }

  /** A guest that is a turn of something. */
  private record Turn(Runnable advancing) implements Guest {
    @Override
    public String title() {
      return "turn";
    }

    @Override
    public void advance() {
      advancing.run();
    }

    @Override
    public Optional<TranslatorStatistics> statistics() {
      return Optional.empty();
    }

    @Override
    public long instructions() {
      return 0;
    }

    @Override
    public void close() {}
  }

  @Test
  void aGuestThatMakesTheHeapGrowIsFound() {
    List<byte[]> kept = new ArrayList<>();
    Guest leak = new Turn(() -> kept.add(new byte[1 << 20]));
    assertEquals(1, soak(Duration.ofMillis(10), List.of(() -> leak)));
    assertTrue(text.toString().contains("IT GROWS"), text.toString());
    assertTrue(
        text.toString().lines().anyMatch(l -> l.startsWith("heap KB") && l.endsWith(": GROWS")),
        text.toString());
  }

  @Test
  void aGuestThatGoesWrongEndsIt() {
    Guest wrong =
        new Turn(
            () -> {
              throw new GuestFailure("wrong: it shut down");
            });
    assertEquals(1, soak(Duration.ofMillis(10), List.of(() -> wrong)));
    assertTrue(text.toString().contains("bench soak: wrong: it shut down"), text.toString());
  }

  private static List<Sample> samples(IntStream resident) {
    return resident.mapToObj(r -> new Sample(0, r, 0, 0, 0, 0, 0)).toList();
  }

  @Test
  void growthIsToldFromWarmingUpAndFromWaves() {
    IntStream warming = IntStream.range(0, 40).map(i -> Math.min(i, 9) * 1000);
    assertFalse(Trend.of("", samples(warming), Sample::resident, 0.02, 10).grows());
    IntStream waves = IntStream.range(0, 40).map(i -> 10_000 + i % 5 * 1000);
    assertFalse(Trend.of("", samples(waves), Sample::resident, 0.02, 10).grows());
    IntStream slowly = IntStream.range(0, 40).map(i -> 10_000 + i * 30 + i % 5 * 1000);
    Trend grown = Trend.of("it", samples(slowly), Sample::resident, 0.02, 10);
    assertTrue(grown.grows(), grown.describe());
  }

  @Test
  void whatIsNoKernelIsRefusedAtOnce(@TempDir Path folder) throws IOException {
    assumeTrue(EngineKind.TRANSLATOR.absence() == null);
    Path text = Files.writeString(folder.resolve("kernel"), "no kernel");
    LongRun request = new LongRun(Duration.ofSeconds(1), text, null);
    BadInput refused = assertThrows(BadInput.class, () -> Soak.run(request, true, out, out));
    assertTrue(refused.getMessage().startsWith("bench soak: "), refused.getMessage());
  }
}
