package org.trampoline.emulator.differential.campaign;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CaseDivergence;
import org.trampoline.emulator.differential.cases.CaseWorld;
import org.trampoline.emulator.differential.cases.StateField;

/**
 * A divergence as a file that assembles and replays: assembly source whose comments hold what
 * people want to see, and in lines that begin with {@code #!} the exact state.
 */
public final class CaseFile {
  private static final String MARK = "#! ";
  private static final String FIRST = MARK + "trampoline case 1";

  private CaseFile() {}

  /** Whether a source is such a file. */
  public static boolean is(String source) {
    return source.startsWith(FIRST);
  }

  /**
   * Writes one.
   *
   * @param oracle the oracle's {@code name()}, and {@code label} its label
   */
  public static String write(CaseDivergence d, String oracle, String label) {
    StringBuilder text = new StringBuilder(FIRST).append('\n');
    text.append("# A case in which Trampoline and ").append(label).append(" differ in ");
    text.append(d.fields().toString().toLowerCase(Locale.ROOT)).append(".\n");
    text.append("# Replay it: trampoline diff FILE\n#\n");
    d.toString().lines().forEach(line -> text.append("# ").append(line).append('\n'));
    text.append("#\n");
    lines(d, oracle).forEach(line -> text.append(MARK).append(line).append('\n'));
    text.append('\n');
    for (CaseDivergence.Line line : d.listing()) {
      text.append("\t.byte ");
      for (int i = 0; i < line.bytes().length; i++) {
        text.append(i == 0 ? "" : ", ").append(String.format("0x%02x", line.bytes()[i]));
      }
      text.append("\t# ").append(line.text()).append('\n');
    }
    return text.toString();
  }

  /** The name of the oracle that a file is about. */
  public static String oracle(String source) {
    return values(marked(source)).getOrDefault("oracle", "");
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if the file is damaged
   */
  public static CaseDivergence read(String source) {
    return parse(marked(source));
  }

  private static List<String> marked(String source) {
    return source
        .lines()
        .filter(line -> line.startsWith(MARK) && !line.equals(FIRST))
        .map(line -> line.substring(MARK.length()))
        .toList();
  }

  /** The exact content, a {@code key value} a line. */
  static List<String> lines(CaseDivergence d, String oracle) {
    HexFormat hex = HexFormat.of();
    List<String> lines = new ArrayList<>();
    lines.add("oracle " + oracle);
    lines.add("encoding " + d.form().encoding().text());
    lines.add("notation " + d.form().notation());
    lines.add("mode " + d.mode());
    lines.add("round " + d.round());
    lines.add("index " + d.index());
    lines.add("fields " + String.join(" ", d.fields().stream().map(Enum::name).toList()));
    lines.add("at " + Integer.toHexString(d.at()));
    lines.add("code " + hex.formatHex(d.code()));
    lines.add("before " + hex.formatHex(d.before()));
    lines.add("ours " + hex.formatHex(d.ours()));
    lines.add("theirs " + hex.formatHex(d.theirs()));
    lines.add(String.format("memory %x %x %x", d.memoryAt(), d.ourMemory(), d.theirMemory()));
    byte[] usual = usualData();
    byte[] data = d.data();
    int at = 0;
    while (at < data.length) {
      if (data[at] == usual[at]) {
        at++;
        continue;
      }
      int end = at + 1;
      while (end < data.length && end - at < 4096 && differsSoon(data, usual, end)) {
        end++;
      }
      boolean zero = true;
      for (int i = at; i < end; i++) {
        zero &= data[i] == 0;
      }
      lines.add(
          zero
              ? String.format("zero %x %x", at, end - at)
              : String.format("data %x %s", at, hex.formatHex(data, at, end)));
      at = end;
    }
    return lines;
  }

  /** Whether a stretch of changed data goes on: one of the next eight bytes is changed. */
  private static boolean differsSoon(byte[] data, byte[] usual, int from) {
    for (int i = from; i < Math.min(from + 8, data.length); i++) {
      if (data[i] != usual[i]) {
        return true;
      }
    }
    return false;
  }

  /** What a batch's data is before its first case. */
  private static byte[] usualData() {
    try (CaseBatch batch = new CaseBatch()) {
      MemorySegment data = batch.data().asSlice(0, CaseWorld.DATA_SIZE);
      return data.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private static Map<String, String> values(List<String> lines) {
    Map<String, String> values = new HashMap<>();
    for (String line : lines) {
      String[] parts = line.split(" ", 2);
      values.put(parts[0], parts.length > 1 ? parts[1] : "");
    }
    return values;
  }

  /** The reverse of {@link #lines}. */
  static CaseDivergence parse(List<String> lines) {
    Map<String, String> values = values(lines);
    try {
      HexFormat hex = HexFormat.of();
      byte[] data = usualData();
      for (String line : lines) {
        String[] parts = line.split(" ", 3);
        if (parts[0].equals("zero")) {
          int at = Integer.parseInt(parts[1], 16);
          java.util.Arrays.fill(data, at, at + Integer.parseInt(parts[2], 16), (byte) 0);
        } else if (parts[0].equals("data")) {
          byte[] bytes = hex.parseHex(parts[2]);
          System.arraycopy(bytes, 0, data, Integer.parseInt(parts[1], 16), bytes.length);
        }
      }
      Set<StateField> fields = EnumSet.noneOf(StateField.class);
      for (String field : need(values, "fields").split(" ", -1)) {
        fields.add(StateField.valueOf(field));
      }
      String[] memory = need(values, "memory").split(" ", 3);
      return new CaseDivergence(
          form(need(values, "encoding"), need(values, "notation")),
          CaseBatch.Mode.valueOf(need(values, "mode")),
          Long.parseLong(need(values, "round")),
          Integer.parseInt(need(values, "index")),
          fields,
          Integer.parseUnsignedInt(need(values, "at"), 16),
          hex.parseHex(need(values, "code")),
          hex.parseHex(need(values, "before")),
          data,
          hex.parseHex(need(values, "ours")),
          hex.parseHex(need(values, "theirs")),
          Integer.parseUnsignedInt(memory[0], 16),
          Integer.parseUnsignedInt(memory[1], 16),
          Integer.parseUnsignedInt(memory[2], 16));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("a damaged case: " + e.getMessage(), e);
    }
  }

  private static String need(Map<String, String> values, String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("the line '" + key + "' is missing");
    }
    return value;
  }

  static Form form(String encoding, String notation) {
    return InstructionTable.get().forms().stream()
        .filter(f -> f.encoding().text().equals(encoding) && f.notation().equals(notation))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no form " + encoding + " | " + notation));
  }
}
