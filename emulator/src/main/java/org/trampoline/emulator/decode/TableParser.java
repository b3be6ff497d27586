package org.trampoline.emulator.decode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.trampoline.emulator.cpu.CpuFeature;

/**
 * Reads the text of the instruction table: the encodings at once, the rest of a line when one of
 * its forms is asked for, as a run needs few. Its time is part of every start of the program, which
 * is why columns that many lines share are parsed once, and nothing here uses regular expressions,
 * streams or string concatenation.
 */
final class TableParser {
  private static final int CONDITIONS = 16;

  private final String text;
  private final List<Line> lines = new ArrayList<>(1200);
  private int forms;

  private final Map<String, Operand> operandsByNotation = new HashMap<>(256);
  private final Map<String, Attribute> attributesByText = new HashMap<>(64);
  private final Map<String, CpuFeature> featuresByText = new HashMap<>(64);
  private final Map<String, Operation> operationsByName = new HashMap<>(1024);

  private final Map<String, List<Operand>> operandLists = new HashMap<>(512);
  private final Map<String, AttributeColumn> attributeColumns = new HashMap<>(256);
  private final Map<String, FlagEffects> flagEffects = new HashMap<>(128);

  /** The attributes column: a set, and what {@code op:} and {@code cc:} say. */
  private record AttributeColumn(long mask, Operation operation, int condition) {}

  /**
   * A line that has forms: one, or sixteen that are one for each condition.
   *
   * @param number from 1 on
   * @param rest where what follows the encoding begins
   * @param end where the line ends
   * @param id of its first form
   */
  record Line(int number, int rest, int end, int id, EncodingParser encoding) {
    int forms() {
      return encoding.isConditional() ? CONDITIONS : 1;
    }
  }

  /**
   * @throws IllegalStateException if an encoding is not as the table's header says
   */
  TableParser(String text) {
    this.text = text;
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
    int number = 1;
    for (int at = 0; at < text.length(); number++) {
      int end = text.indexOf('\n', at);
      if (end > at && text.charAt(at) != '#') {
        try {
          int bar = bar(at, end);
          Line line = new Line(number, bar + 1, end, forms, new EncodingParser(column(at, bar)));
          lines.add(line);
          forms += line.forms();
        } catch (IllegalArgumentException e) {
          throw malformed(number, e);
        }
      }
      at = end + 1;
    }
  }

  /** The lines that have forms, in the table's order. */
  List<Line> lines() {
    return lines;
  }

  /** The number of forms of all lines. */
  int forms() {
    return forms;
  }

  /**
   * A form of a line.
   *
   * @param condition which of those that the line has
   * @throws IllegalStateException if the line is not as the table's header says; the message names
   *     it
   */
  Form form(Line line, int condition) {
    try {
      return parse(line, condition);
    } catch (IllegalArgumentException e) {
      throw malformed(line.number, e);
    }
  }

  private static IllegalStateException malformed(int line, IllegalArgumentException e) {
    return new IllegalStateException("instruction table, line " + line + ": " + e.getMessage(), e);
  }

  private Form parse(Line line, int condition) {
    EncodingParser encoding = line.encoding;
    int end = line.end;
    int bar2 = bar(line.rest, end);
    int bar3 = bar(bar2 + 1, end);
    int bar4 = bar(bar3 + 1, end);
    int bar5 = bar(bar4 + 1, end);
    String notation = column(line.rest, bar2);
    String access = column(bar2 + 1, bar3);
    String flags = column(bar3 + 1, bar4);
    CpuFeature feature = known(featuresByText, column(bar4 + 1, bar5), "feature");
    AttributeColumn attributes = attributes(column(bar5 + 1, end));

    int space = notation.indexOf(' ');
    String mnemonic = space < 0 ? notation : notation.substring(0, space);
    List<Operand> operands = space < 0 ? List.of() : operands(notation.substring(space + 1));
    Operation operation = attributes.operation;
    if (operation == null) {
      operation = known(operationsByName, mnemonic.toUpperCase(Locale.ROOT), "operation");
    }
    if (!encoding.isConditional()) {
      return new Form(
          line.id,
          encoding.with(operands, 0),
          notation,
          mnemonic,
          operation,
          operands,
          access,
          flags(flags),
          attributes.mask,
          feature,
          attributes.condition);
    }
    String family = mnemonic.substring(0, mnemonic.length() - 2);
    String name = family.concat(Condition.name(condition));
    return new Form(
        line.id + condition,
        encoding.with(operands, condition),
        name.concat(notation.substring(space)),
        name,
        operation,
        operands,
        access,
        FlagEffects.parse(flags, condition),
        attributes.mask,
        feature,
        condition);
  }

  private AttributeColumn attributes(String column) {
    AttributeColumn known = attributeColumns.get(column);
    if (known == null) {
      known = parseAttributes(column);
      attributeColumns.put(column, known);
    }
    return known;
  }

  private AttributeColumn parseAttributes(String column) {
    long mask = 0;
    Operation operation = null;
    int condition = -1;
    for (int at = 0; at < column.length(); ) {
      int end = column.indexOf(' ', at);
      end = end < 0 ? column.length() : end;
      if (column.startsWith("op:", at)) {
        operation = known(operationsByName, column.substring(at + 3, end), "operation");
      } else if (column.startsWith("cc:", at)) {
        condition = Integer.parseInt(column, at + 3, end, 10);
      } else {
        mask |= known(attributesByText, column.substring(at, end), "attribute").mask();
      }
      at = end + 1;
    }
    return new AttributeColumn(mask, operation, condition);
  }

  private FlagEffects flags(String column) {
    FlagEffects known = flagEffects.get(column);
    if (known == null) {
      known = FlagEffects.parse(column, 0);
      flagEffects.put(column, known);
    }
    return known;
  }

  private List<Operand> operands(String column) {
    List<Operand> known = operandLists.get(column);
    if (known == null) {
      known = parseOperands(column);
      operandLists.put(column, known);
    }
    return known;
  }

  private List<Operand> parseOperands(String column) {
    List<Operand> list = new ArrayList<>(3);
    for (int at = 0; at < column.length(); ) {
      int end = column.indexOf(',', at);
      end = end < 0 ? column.length() : end;
      list.add(known(operandsByNotation, column.substring(at, end), "operand"));
      at = end + 2;
    }
    return List.copyOf(list);
  }

  private int bar(int from, int end) {
    int bar = text.indexOf('|', from);
    if (bar < 0 || bar > end) {
      throw new IllegalArgumentException("expected six columns");
    }
    return bar;
  }

  /** The text between two positions without the spaces around it. */
  private String column(int from, int to) {
    while (from < to && text.charAt(from) == ' ') {
      from++;
    }
    while (to > from && text.charAt(to - 1) == ' ') {
      to--;
    }
    return text.substring(from, to);
  }

  private static <T> T known(Map<String, T> names, String name, String what) {
    T value = names.get(name);
    if (value == null) {
      throw new IllegalArgumentException("unknown " + what + " '" + name + "'");
    }
    return value;
  }
}
