package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel command shows of a run, each format read by a reader of its own. */
class ObserveTest {
  @TempDir Path directory;

  private int status;
  private String error;

  private List<String> run(String... args) {
    CommandResult result = CommandResult.of(args);
    status = result.status();
    error = result.error();
    return result.lines();
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  @Test
  void psIsWhatProcpsPrints() {
    List<String> out = run("kernel", "kthread", "--ps");
    assertEquals(0, status, error);
    assertEquals(
        """
          PID TTY      STAT   TIME COMMAND
            1 ?        R      0:00 [swapper]
            2 ?        SN     0:00  \\_ [ksoftirqd/0]
            3 ?        S<     0:00  \\_ [events/0]
            4 ?        S<     0:00  \\_ [khelper]
            5 ?        S<     0:00  \\_ [kthread]
            6 ?        Z<     0:00      \\_ [worker/3] <defunct>
            7 ?        Z<     0:00      \\_ [never] <defunct>
           10 ?        S<     0:00      \\_ [bound/0]
        """,
        String.join("\n", out) + "\n");
  }

  @Test
  void psAtAMoment() {
    List<String> out = run("kernel", "kthread", "--ps-at", "34000", "--ps-at", "10ms");
    assertEquals(0, status, error);
    assertTrue(out.getFirst().startsWith("after 34000 instructions, 0.0034"), out::toString);
    List<String> stamps = out.stream().filter(line -> line.startsWith("after")).toList();
    assertEquals(2, stamps.size(), stamps::toString);
    assertTrue(stamps.get(1).endsWith(" 0.010000 s:"), stamps::toString);
    assertEquals("    6 ?        S<     0:00      \\_ [worker/3]", out.getLast());
  }

  @Test
  void theLogHasLevelsAndTimes() {
    List<String> out = run("kernel", "boot", "--log");
    assertTrue(out.getFirst().matches("<5>\\[    0\\.000[0-9]{3}\\] Linux version 2\\.6 .*"));
    out.forEach(line -> assertTrue(line.matches("<[0-7]>\\[ {4}[0-9]\\.[0-9]{6}\\] .*"), line));
  }

  /** Every line has ftrace's columns; switches follow one another without a gap. */
  @Test
  void ftraceTextIsWellFormed() throws IOException {
    run("kernel", "kthread", "--trace", file("trace.txt"));
    assertEquals(0, status, error);
    List<String> lines = Files.readAllLines(directory.resolve("trace.txt"));
    assertEquals("# tracer: nop", lines.getFirst());
    List<String> events = lines.stream().filter(line -> !line.startsWith("#")).toList();
    assertEquals(
        "# entries-in-buffer/entries-written: %d/%d   #P:1".formatted(events.size(), events.size()),
        lines.get(2));
    Pattern form =
        Pattern.compile(
            " *(\\S+)-(\\d+) +\\[(\\d{3})\\] ([d.][N.][Hhs.][0-9a-f.]) +(\\d+)\\.(\\d{6}): (\\w+):"
                + " (.*)");
    Pattern change =
        Pattern.compile(
            "prev_comm=(\\S+) prev_pid=(\\d+) prev_prio=(\\d+) prev_state=([RSDTZX]\\+?)"
                + " ==> next_comm=(\\S+) next_pid=(\\d+) next_prio=(\\d+)");
    long last = 0;
    String running = "0";
    Set<String> born = new HashSet<>(Set.of("0"));
    Set<String> kinds = new HashSet<>();
    for (String line : events) {
      Matcher fields = form.matcher(line);
      assertTrue(fields.matches(), line);
      long time = Long.parseLong(fields.group(5)) * 1_000_000 + Long.parseLong(fields.group(6));
      assertTrue(time >= last, line);
      last = time;
      assertEquals(running, fields.group(2), line);
      kinds.add(fields.group(7));
      if (fields.group(7).equals("sched_switch")) {
        Matcher pair = change.matcher(fields.group(8));
        assertTrue(pair.matches(), line);
        assertEquals(running, pair.group(2), line);
        running = pair.group(6);
        assertTrue(born.contains(running), line);
      } else if (fields.group(7).equals("sched_process_fork")) {
        born.add(fields.group(8).replaceFirst(".*child_pid=", ""));
      }
    }
    assertTrue(
        kinds.containsAll(
            Set.of(
                "sched_switch",
                "sched_wakeup",
                "sched_wakeup_new",
                "sched_process_fork",
                "sched_process_exit")),
        kinds::toString);
  }

  /** include/trace/events/irq.h: what is entered is left, and a softirq lies in no interrupt. */
  @Test
  void ftraceTextHasHandlersFromEntryToExit() throws IOException {
    run("kernel", "preempt", "--trace", file("trace.txt"));
    assertEquals(0, status, error);
    String open = "";
    int interrupts = 0;
    for (String line : Files.readAllLines(directory.resolve("trace.txt"))) {
      if (line.contains("_entry: ")) {
        assertEquals("", open, line);
        open = line.replaceAll(".*: (\\w+)_entry: (\\S+).*", "$1 $2");
      } else if (line.contains("_exit: ") && !line.contains("process_exit")) {
        assertEquals(open, line.replaceAll(".*: (\\w+)_exit: (\\S+).*", "$1 $2"));
        interrupts += open.equals("irq_handler irq=0") ? 1 : 0;
        open = "";
      }
    }
    assertTrue(interrupts > 90 && interrupts < 110, "a tick each ms: " + interrupts);
  }

  /** A process that ends makes its processor forget, without a switch. */
  @Test
  void ftraceTextHasFlushesThatAreNoSwitches() throws IOException {
    run("kernel", "init", "--trace", file("trace.txt"));
    String text = Files.readString(directory.resolve("trace.txt"));
    assertTrue(text.contains("tlb_flush: pages:-1 reason:local mm shootdown (3)"), text);
    assertTrue(text.contains("tlb_flush: pages:-1 reason:flush on task switch (0)"));
  }

  /** The rules of the trace event format: phases, names, times, and lanes without overlaps. */
  @Test
  void chromeTraceKeepsTheFormatsRules() throws IOException {
    run("kernel", "kthread", "--trace", file("trace.json"));
    assertEquals(0, status, error);
    JsonNode root = new ObjectMapper().readTree(directory.resolve("trace.json").toFile());
    assertEquals("ns", root.get("displayTimeUnit").asText());
    Map<String, List<long[]>> slices = new HashMap<>();
    Set<String> named = new HashSet<>();
    Map<Integer, String> arrows = new HashMap<>();
    for (JsonNode event : root.get("traceEvents")) {
      String phase = event.get("ph").asText();
      assertTrue(Set.of("M", "X", "i", "C", "s", "f").contains(phase), phase);
      assertTrue(event.get("name").isTextual() && event.get("ts").isNumber(), event::toString);
      String lane = event.get("pid").asInt() + "/" + event.get("tid").asInt();
      long from = nanos(event.get("ts"));
      switch (phase) {
        case "M" -> named.add(lane);
        case "X" -> {
          assertTrue(named.contains(lane), event::toString);
          long[] slice = {from, from + nanos(event.get("dur"))};
          assertTrue(slice[1] > slice[0], event::toString);
          slices.computeIfAbsent(lane, key -> new ArrayList<>()).add(slice);
        }
        case "i" -> assertEquals("t", event.get("s").asText());
        case "s" -> assertEquals(null, arrows.put(event.get("id").asInt(), "open"));
        case "f" -> assertEquals("open", arrows.put(event.get("id").asInt(), "done"));
        default -> assertTrue(event.get("args").get("loads").isInt());
      }
    }
    assertFalse(arrows.containsValue("open"));
    assertTrue(slices.size() >= 9, "a processor and eight tasks: " + slices.keySet());
    slices.forEach(
        (lane, list) -> {
          list.sort(Comparator.comparingLong(slice -> slice[0]));
          for (int i = 1; i < list.size(); i++) {
            assertTrue(list.get(i)[0] >= list.get(i - 1)[1], "slices overlap in " + lane);
          }
        });
  }

  private static long nanos(JsonNode micros) {
    return micros.decimalValue().movePointRight(3).longValueExact();
  }

  /** One file, nothing fetched, elements closed, and the five instructions of each thread. */
  @Test
  void theTimelineIsOneWholePage() throws IOException {
    run("kernel", "kthread", "--timeline", file("t.html"));
    assertEquals(0, status, error);
    String page = Files.readString(directory.resolve("t.html"));
    assertFalse(Pattern.compile("(src|href)\\s*=|https?://|@import|url\\(").matcher(page).find());
    Matcher data =
        Pattern.compile(
                "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL)
            .matcher(page);
    assertTrue(data.find());
    JsonNode root = new ObjectMapper().readTree(data.group(1));
    balanced(page.replaceAll("(?s)<(script|style)[^>]*>.*?</\\1>", "").replaceFirst("<!.*?>", ""));
    JsonNode worker = root.at("/threads/6");
    assertEquals("worker/3", worker.get("comm").asText());
    assertEquals("00000286", worker.at("/regs/eflags").asText());
    List<String> steps = new ArrayList<>();
    worker.get("steps").forEach(step -> steps.add(step.asText().substring(10, 12)));
    assertEquals(List.of("89", "52", "ff", "50", "e8"), steps);
    for (JsonNode mark : root.get("marks")) {
      assertTrue(mark.get(4).asInt() < root.get("threads").size());
    }
  }

  private static void balanced(String html) {
    Set<String> alone = Set.of("meta", "br", "img", "link");
    Deque<String> open = new ArrayDeque<>();
    Matcher tag = Pattern.compile("<(/?)([a-z0-9]+)[^>]*>").matcher(html);
    while (tag.find()) {
      if (!tag.group(1).isEmpty()) {
        assertEquals(open.pop(), tag.group(2));
      } else if (!alone.contains(tag.group(2))) {
        open.push(tag.group(2));
      }
    }
    assertTrue(open.isEmpty(), open::toString);
  }

  /** Looking does not change what is looked at. */
  @Test
  void observedAndUnobservedRunsAreTheSame() {
    List<String> plain = run("kernel", "kthread", "--log");
    List<String> watched =
        run("kernel", "kthread", "--log", "--timeline", file("t.html"), "--ps-at", "1s");
    assertEquals(plain, watched);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1h", "s", "1.5", "1e3ms", "99999999999999999999s"})
  void aMomentThatIsNone(String moment) {
    run("kernel", "boot", "--ps-at", moment);
    assertEquals(2, status);
    assertEquals(1, error.lines().count(), error);
  }

  @Test
  void aFileThatCannotBeWritten() {
    run("kernel", "boot", "--trace", file("absent/t.txt"));
    assertEquals(2, status);
    assertTrue(error.contains("cannot be written"), error);
  }
}
