package org.trampoline.emulator.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.trampoline.emulator.cpu.CpuFeature;

/**
 * The instruction set: the forms of {@code instructions.txt}, in its order, and an index by opcode.
 * Loaded once, on first use; immutable.
 */
public final class InstructionTable {
  private static final String RESOURCE = "instructions.txt";
  private static final Form[] NO_FORMS = {};

  /** Holds the one table, so that it is loaded when it is first asked for. */
  private static final class Holder {
    static final InstructionTable TABLE = new InstructionTable(read());
  }

  private final List<Form> forms;
  private final Form undefined;
  private final Form tooLong;

  /** The forms that an opcode may be, by map and opcode. */
  private final Form[][] candidates = new Form[4 * 256][];

  private final Map<String, Operand> operandsByNotation = new HashMap<>(256);
  private final Map<String, Attribute> attributesByText = new HashMap<>(64);
  private final Map<String, CpuFeature> featuresByText = new HashMap<>(64);
  private final Map<String, Operation> operationsByName = new HashMap<>(1024);

  /** The table. */
  public static InstructionTable get() {
    return Holder.TABLE;
  }

  private InstructionTable(String text) {
    for (Operand operand : Operand.values()) {
      operandsByNotation.put(operand.notation(), operand);
    }
    for (Attribute attribute : Attribute.values()) {
      attributesByText.put(attribute.text(), attribute);
    }
    for (CpuFeature feature : CpuFeature.values()) {
      featuresByText.put(feature.text(), feature);
    }
    for (Operation operation : Operation.values()) {
      operationsByName.put(operation.name(), operation);
    }
    List<Form> parsed = new ArrayList<>(1400);
    int line = 0;
    for (int at = 0; at < text.length(); line++) {
      int end = text.indexOf('\n', at);
      if (end > at && text.charAt(at) != '#') {
        try {
          parseLine(text.substring(at, end), parsed);
        } catch (RuntimeException e) {
          throw new IllegalStateException(RESOURCE + ":" + (line + 1) + ": " + e.getMessage(), e);
        }
      }
      at = end + 1;
    }
    forms = Collections.unmodifiableList(parsed);
    undefined = pseudoForm(forms.size(), Operation.UNDEFINED);
    tooLong = pseudoForm(forms.size() + 1, Operation.TOO_LONG);
    for (Form form : parsed) {
      int first = form.encoding().map() << 8 | form.encoding().opcode();
      int count = form.encoding().registerInOpcode() ? 8 : 1;
      for (int i = first; i < first + count; i++) {
        candidates[i] = append(candidates[i], form);
      }
    }
  }

  /** All forms, in the table's order; a line with +cc has become sixteen. */
  public List<Form> forms() {
    return forms;
  }

  /** The form of bytes that are no instruction. */
  public Form undefined() {
    return undefined;
  }

  /** The form of more than 15 bytes. */
  public Form tooLong() {
    return tooLong;
  }

  /** The forms with this notation, for instance {@code add r/m32, r32}; empty if there is none. */
  public List<Form> byNotation(String notation) {
    List<Form> found = new ArrayList<>();
    for (Form form : forms) {
      if (form.notation().equals(notation)) {
        found.add(form);
      }
    }
    return found;
  }

  /** The forms that the opcode may be, whatever prefixes and modrm say; not to be changed. */
  Form[] candidates(int map, int opcode) {
    Form[] found = candidates[map << 8 | opcode];
    return found == null ? NO_FORMS : found;
  }

  private static String read() {
    try (InputStream in = InstructionTable.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("resource " + RESOURCE + " is missing from the program");
      }
      return new String(in.readAllBytes(), ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read resource " + RESOURCE, e);
    }
  }

  private static Form[] append(Form[] list, Form form) {
    if (list == null) {
      return new Form[] {form};
    }
    Form[] longer = new Form[list.length + 1];
    System.arraycopy(list, 0, longer, 0, list.length);
    longer[list.length] = form;
    return longer;
  }

  private static Form pseudoForm(int id, Operation operation) {
    Encoding encoding = new Encoding("", 0, 0, false, -1, 0, 0, false, 0, 0, false, 0);
    long attributes = Attribute.ENDS_BLOCK.mask() | Attribute.FAULTS.mask();
    return new Form(
        id,
        encoding,
        "(bad)",
        "(bad)",
        operation,
        List.of(),
        "",
        FlagEffects.NONE,
        attributes,
        CpuFeature.I8086,
        -1);
  }

  private void parseLine(String line, List<Form> parsed) {
    int bar1 = line.indexOf('|');
    int bar2 = line.indexOf('|', bar1 + 1);
    int bar3 = line.indexOf('|', bar2 + 1);
    int bar4 = line.indexOf('|', bar3 + 1);
    int bar5 = line.indexOf('|', bar4 + 1);
    if (bar5 < 0) {
      throw new IllegalArgumentException("expected six columns: " + line);
    }
    EncodingParser encoding = new EncodingParser(column(line, 0, bar1));
    String notation = column(line, bar1 + 1, bar2);
    String access = column(line, bar2 + 1, bar3);
    String flags = column(line, bar3 + 1, bar4);
    CpuFeature feature = known(featuresByText, column(line, bar4 + 1, bar5), "feature");
    String attributeText = column(line, bar5 + 1, line.length());

    int space = notation.indexOf(' ');
    String mnemonic = space < 0 ? notation : notation.substring(0, space);
    List<Operand> operands = space < 0 ? List.of() : operands(notation.substring(space + 1));
    long attributes = 0;
    Operation operation = null;
    int condition = -1;
    for (int at = 0; at < attributeText.length(); ) {
      int end = attributeText.indexOf(' ', at);
      end = end < 0 ? attributeText.length() : end;
      if (attributeText.startsWith("op:", at)) {
        operation = known(operationsByName, attributeText.substring(at + 3, end), "operation");
      } else if (attributeText.startsWith("cc:", at)) {
        condition = Integer.parseInt(attributeText, at + 3, end, 10);
      } else {
        attributes |= known(attributesByText, attributeText.substring(at, end), "attribute").mask();
      }
      at = end + 1;
    }
    if (operation == null) {
      operation = known(operationsByName, mnemonic.toUpperCase(Locale.ROOT), "operation");
    }
    if (!encoding.isConditional()) {
      parsed.add(
          new Form(
              parsed.size(),
              encoding.with(operands, 0),
              notation,
              mnemonic,
              operation,
              operands,
              access,
              FlagEffects.parse(flags, condition),
              attributes,
              feature,
              condition));
      return;
    }
    String family = mnemonic.substring(0, mnemonic.length() - 2);
    for (int cc = 0; cc < 16; cc++) {
      String name = family + Condition.name(cc);
      parsed.add(
          new Form(
              parsed.size(),
              encoding.with(operands, cc),
              name + notation.substring(space),
              name,
              operation,
              operands,
              access,
              FlagEffects.parse(flags, cc),
              attributes,
              feature,
              cc));
    }
  }

  private List<Operand> operands(String text) {
    int comma = text.indexOf(',');
    if (comma < 0) {
      return List.of(known(operandsByNotation, text, "operand"));
    }
    Operand first = known(operandsByNotation, text.substring(0, comma), "operand");
    int comma2 = text.indexOf(',', comma + 1);
    if (comma2 < 0) {
      return List.of(first, known(operandsByNotation, text.substring(comma + 2), "operand"));
    }
    return List.of(
        first,
        known(operandsByNotation, text.substring(comma + 2, comma2), "operand"),
        known(operandsByNotation, text.substring(comma2 + 2), "operand"));
  }

  private static String column(String line, int from, int to) {
    while (from < to && line.charAt(from) == ' ') {
      from++;
    }
    while (to > from && line.charAt(to - 1) == ' ') {
      to--;
    }
    return line.substring(from, to);
  }

  private static <T> T known(Map<String, T> names, String name, String what) {
    T value = names.get(name);
    if (value == null) {
      throw new IllegalArgumentException("unknown " + what + " '" + name + "'");
    }
    return value;
  }
}
