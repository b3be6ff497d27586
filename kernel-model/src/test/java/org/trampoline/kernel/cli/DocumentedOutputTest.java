package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What the documentation shows is what the commands print: every line of a listing stands in the
 * output, in the same order. "…" stands for whatever else, lines or part of one.
 */
class DocumentedOutputTest {
  private static final Path ROOT = root();

  /** What a test cannot run as it stands: other programs, files of the reader's own. */
  private static final Pattern NOT_HERE =
      Pattern.compile("[|>]|FILE|\\S\\.S\\b|bench|coverage|--cases|--rom|--trace|vmlinuz|diff");

  private static final Pattern COMMAND = Pattern.compile(" {4}\\$ \\./trampoline ([^#]*)(#.*)?");
  private static final Pattern SECTION = Pattern.compile("## .*: `([a-z0-9-]+)`.*");

  /** A command and what is said to be its output. */
  record Listing(String where, List<String> command, List<String> lines) {
    @Override
    public String toString() {
      return where + ": " + String.join(" ", command);
    }
  }

  static final List<Listing> LISTINGS = listings();

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("docs")) ? here : here.getParent();
  }

  private static List<Listing> listings() {
    List<Listing> all = new ArrayList<>();
    try {
      all.add(new Listing("README.md", List.of("run"), mainJob()));
      for (String page : List.of("README.md", "docs/kernel-observing.md")) {
        commands(page, all);
      }
      scenarios("docs/kernel.md", all);
      scenarios("docs/kernel-smp.md", all);
    } catch (IOException e) {
      throw new IllegalStateException("the documentation cannot be read", e);
    }
    all.removeIf(listing -> listing.lines.isEmpty());
    return all;
  }

  private static List<String> mainJob() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("README.md"));
    int from = lines.indexOf("    kernel_thread_helper:");
    return block(lines, from);
  }

  /** The indented lines from one on. */
  private static List<String> block(List<String> lines, int from) {
    List<String> block = new ArrayList<>();
    for (int n = from; n < lines.size() && lines.get(n).matches(" {4}.*|\\s*"); n++) {
      if (!lines.get(n).isBlank()) {
        block.add(lines.get(n).substring(4));
      }
    }
    return block;
  }

  /** Commands behind a prompt, each with the output behind it. */
  private static void commands(String page, List<Listing> all) throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve(page));
    for (int n = 0; n < lines.size(); n++) {
      Matcher command = COMMAND.matcher(lines.get(n));
      if (command.matches() && !NOT_HERE.matcher(command.group(1)).find()) {
        List<String> output = new ArrayList<>();
        for (String line : block(lines, n + 1)) {
          if (line.startsWith("$ ")) {
            break;
          }
          output.add(line);
        }
        all.add(new Listing(page, words(command.group(1)), output));
      }
    }
  }

  /** Sections named after a scenario, each with a part of its output. */
  private static void scenarios(String page, List<Listing> all) throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve(page));
    for (int n = 0; n < lines.size(); n++) {
      Matcher section = SECTION.matcher(lines.get(n));
      if (section.matches()) {
        int first = n + 1;
        while (first < lines.size() && !lines.get(first).startsWith("    ")) {
          if (lines.get(first).startsWith("## ")) {
            fail(page + ": nothing is shown of " + section.group(1));
          }
          first++;
        }
        all.add(new Listing(page, List.of("kernel", section.group(1)), block(lines, first)));
      }
    }
  }

  private static List<String> words(String command) {
    return Arrays.asList(command.strip().split("\\s+"));
  }

  @ParameterizedTest
  @FieldSource("LISTINGS")
  void isWhatIsPrinted(Listing listing) {
    CommandResult result = CommandResult.of(listing.command.toArray(String[]::new));
    assertFalse(result.status() == 2, result::error);
    List<String> printed = result.lines().stream().map(String::stripTrailing).toList();
    int at = 0;
    String last = "(the start)";
    for (String line : listing.lines) {
      if (line.strip().equals("…")) {
        continue;
      }
      int found = find(printed.subList(at, printed.size()), line.stripTrailing());
      if (found < 0) {
        assertEquals(
            line, "not printed", "behind \"" + last + "\" there is\n" + behind(printed, at));
      }
      at += found + 1;
      last = line;
    }
  }

  private static int find(List<String> printed, String line) {
    String[] parts = line.split("…", -1);
    String pattern = Arrays.stream(parts).map(Pattern::quote).collect(Collectors.joining(".*"));
    for (int n = 0; n < printed.size(); n++) {
      if (printed.get(n).matches(pattern)) {
        return n;
      }
    }
    return -1;
  }

  private static String behind(List<String> printed, int at) {
    return String.join("\n", printed.subList(at, Math.min(at + 12, printed.size())));
  }
}
