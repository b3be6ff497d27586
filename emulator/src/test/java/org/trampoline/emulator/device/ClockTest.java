package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockTest {
  private final List<String> log = new ArrayList<>();
  private final TestClock time = new TestClock();
  private final Clock clock = time.clock;

  private Clock.Timer timer(String name) {
    return clock.timer(() -> log.add(name + " at " + clock.now()), () -> true);
  }

  @Test
  void eventsHappenInTheOrderOfTheirTimes() {
    Clock.Timer a = timer("a");
    Clock.Timer b = timer("b");
    Clock.Timer c = timer("c");
    b.start(300);
    a.start(300);
    c.start(100);
    assertEquals(100, clock.dueInstruction());
    time.pass(299);
    assertEquals(List.of("c at 100"), log);
    time.pass(1);
    assertEquals(List.of("c at 100", "a at 300", "b at 300"), log);
    assertEquals(Long.MAX_VALUE, clock.dueInstruction());
  }

  @Test
  void stoppedTimerDoesNotHappen() {
    Clock.Timer a = timer("a");
    a.start(10);
    a.stop();
    time.pass(100);
    assertEquals(List.of(), log);
    assertEquals(Long.MAX_VALUE, a.at());
  }

  @Test
  void onlyAnEarlierEventAsksForAttention() {
    int[] asked = {0};
    Clock c = new Clock(1_000_000, () -> 0, () -> asked[0]++);
    Clock.Timer first = c.timer(() -> {}, () -> true);
    Clock.Timer second = c.timer(() -> {}, () -> true);
    first.start(50);
    assertEquals(1, asked[0]);
    second.start(60);
    assertEquals(1, asked[0]);
    second.start(40);
    assertEquals(2, asked[0]);
  }

  @Test
  void anEventStaysAmongDevicesIfAllOfItsTimeDo() {
    Clock.Timer chip = timer("chip");
    chip.selfContained(true);
    chip.start(50);
    assertTrue(clock.nextIsSelfContained());
    Clock.Timer other = timer("other");
    other.start(51);
    assertTrue(clock.nextIsSelfContained());
    other.start(50);
    assertFalse(clock.nextIsSelfContained());
  }

  @Test
  void haltedTimeJumpsToTheNextEvent() {
    timer("a").start(5000);
    time.pass(1000);
    assertTrue(clock.skip());
    assertEquals(List.of("a at 5000"), log);
    assertEquals(5000, clock.now());
    assertFalse(clock.skip(), "nothing is to come");
    timer("b").start(5010);
    assertEquals(1010, clock.dueInstruction(), "instructions have not gone on");
  }

  @Test
  void nothingThatCanInterruptLeavesTimeWhereItIs() {
    Clock.Timer masked = clock.timer(() -> log.add("masked"), () -> false);
    masked.start(100);
    assertFalse(clock.skip());
    assertEquals(0, clock.now());
    timer("a").start(200);
    assertTrue(clock.skip(), "the masked one comes first");
    assertTrue(clock.skip());
    assertEquals(List.of("masked", "a at 200"), log);
  }

  @Test
  void ticksAndCyclesAgreeWithoutDriftOrOverflow() {
    for (long frequency : new long[] {1_000_000, 100_000_000, 2_999_999_999L}) {
      Clock c = new TestClock(frequency).clock;
      for (long tick : new long[] {0, 1, 2, 65_536, 1_193_181, 1_193_182, 1L << 42}) {
        long at = c.cyclesAt(tick, Pit8254.FREQUENCY);
        assertTrue(c.ticks(at, Pit8254.FREQUENCY) >= tick, frequency + " " + tick);
        assertTrue(tick == 0 || c.ticks(at - 1, Pit8254.FREQUENCY) < tick, frequency + " " + tick);
      }
    }
    assertEquals(3_600_000_000_000L, ticksInAnHour());
  }

  private long ticksInAnHour() {
    time.pass(3600L * Clock.DEFAULT_FREQUENCY);
    return clock.nanos();
  }

  @Test
  void frequencyIsChecked() {
    assertThrows(IllegalArgumentException.class, () -> new Clock(999_999, () -> 0, () -> {}));
    assertThrows(
        IllegalArgumentException.class, () -> new Clock(10_000_000_001L, () -> 0, () -> {}));
  }
}
