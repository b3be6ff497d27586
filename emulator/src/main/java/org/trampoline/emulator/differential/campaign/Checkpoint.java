package org.trampoline.emulator.differential.campaign;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.differential.cases.CaseDivergence;

/**
 * A campaign on disk, as text. It is written anew beside the old one and put in its place at once,
 * so a process that is killed leaves either.
 */
public final class Checkpoint {
  private static final String FIRST = "trampoline campaign 1";
  private static final String LAST = "end";

  private final Path file;
  private final Plan plan;
  private final String oracle;
  private final String label;

  /**
   * The checkpoint of a plan against an oracle; plans that differ only in their length share one.
   *
   * @param folder where it is kept
   */
  public Checkpoint(Path folder, Plan plan, String oracle, String label) {
    this.plan = plan;
    this.oracle = oracle;
    this.label = label;
    file = folder.resolve(String.format("%s-%016x.campaign", oracle, plan.identity()));
  }

  /** Where it is. */
  public Path file() {
    return file;
  }

  /**
   * Reads it.
   *
   * @return an empty tally if there is none yet
   * @throws IOException if it is damaged, or of another version of the oracle
   */
  public Tally load() throws IOException {
    Tally tally = new Tally();
    if (!Files.exists(file)) {
      return tally;
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.getFirst().equals(FIRST) || !lines.getLast().equals(LAST)) {
      throw new IOException(file + ": not a whole campaign; remove it to begin anew");
    }
    try {
      int at = 1;
      while (at < lines.size() - 1) {
        at = line(lines, at, tally);
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException(file + ": " + e.getMessage() + "; remove it to begin anew", e);
    }
    return tally;
  }

  private int line(List<String> lines, int at, Tally tally) throws IOException {
    String[] words = lines.get(at).split(" ", 3);
    switch (words[0]) {
      case "label" -> {
        String was = lines.get(at).substring("label ".length());
        if (!was.equals(label)) {
          throw new IOException(
              file + ": was begun on " + was + ", this is " + label + "; remove it to begin anew");
        }
      }
      case "cases" -> tally.cases = Long.parseLong(words[1]);
      case "faults" -> tally.faults = Long.parseLong(words[1]);
      case "undecided" -> tally.undecided = Long.parseLong(words[1]);
      case "sequences" -> {
        tally.sequences = Long.parseLong(words[1]);
        tally.sequenceDivergences = Long.parseLong(words[2]);
      }
      case "seconds" -> tally.seconds = Long.parseLong(words[1]);
      case "sweep" -> tally.sweep = Long.parseLong(words[1]);
      case "erratum" -> tally.errata.put(words[2], Long.parseLong(words[1]));
      case "form" -> {
        String[] numbers = words[1].split("/", 2);
        String[] key = words[2].split(" \\| ", 2);
        Form form = CaseFile.form(key[0], key[1]);
        tally.casesOf.put(form, Long.parseLong(numbers[0]));
        if (!numbers[1].equals("0")) {
          tally.divergencesOf.put(form, Long.parseLong(numbers[1]));
        }
      }
      case "finding" -> {
        int length = Integer.parseInt(words[2]);
        CaseDivergence example = CaseFile.parse(lines.subList(at + 1, at + 1 + length));
        Finding finding = new Finding(example, Long.parseLong(words[1]));
        tally.findings.put(finding.key(), finding);
        return at + 1 + length;
      }
      default -> throw new IOException(file + ": unknown line '" + lines.get(at) + "'");
    }
    return at + 1;
  }

  /** Writes it. */
  public void save(Tally tally) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(FIRST);
    lines.add("label " + label);
    lines.add("cases " + tally.cases);
    lines.add("faults " + tally.faults);
    lines.add("undecided " + tally.undecided);
    lines.add("sequences " + tally.sequences + " " + tally.sequenceDivergences);
    lines.add("seconds " + tally.seconds);
    lines.add("sweep " + tally.sweep);
    tally.errata.forEach((name, count) -> lines.add("erratum " + count + " " + name));
    tally.casesOf.forEach(
        (form, count) ->
            lines.add(
                "form "
                    + count
                    + "/"
                    + tally.divergencesOf.getOrDefault(form, 0L)
                    + " "
                    + form.encoding().text()
                    + " | "
                    + form.notation()));
    for (Finding finding : tally.findings()) {
      List<String> example = CaseFile.lines(finding.example(), oracle);
      lines.add("finding " + finding.count() + " " + example.size());
      lines.addAll(example);
    }
    lines.add(LAST);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.createDirectories(file.getParent());
    Files.write(fresh, lines, StandardCharsets.UTF_8);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The plan it belongs to. */
  public Plan plan() {
    return plan;
  }
}
