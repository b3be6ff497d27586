package org.trampoline.emulator.decode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.trampoline.emulator.cpu.CpuFeature;

/**
 * Reads the text of the instruction table. Its time is part of every start of the program, which is
 * why columns that many lines share are parsed once, and nothing here uses regular expressions,
 * streams or string concatenation.
 */
final class TableParser {
  private final String text;
  private final List<Form> forms = new ArrayList<>(1400);

  private final Map<String, Operand> operandsByNotation = new HashMap<>(256);
  private final Map<String, Attribute> attributesByText = new HashMap<>(64);
  private final Map<String, CpuFeature> featuresByText = new HashMap<>(64);
  private final Map<String, Operation> operationsByName = new HashMap<>(1024);

  private final Map<String, List<Operand>> operandLists = new HashMap<>(512);
  private final Map<String, AttributeColumn> attributeColumns = new HashMap<>(256);
  private final Map<String, FlagEffects> flagEffects = new HashMap<>(128);

  /** The attributes column: a set, and what {@code op:} and {@code cc:} say. */
  private record AttributeColumn(long mask, Operation operation, int condition) {}

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
  }

  /**
   * The forms, in the table's order.
   *
   * @throws IllegalStateException if a line is not as the table's header says; the message names it
   */
  List<Form> parse() {
    int line = 1;
    for (int at = 0; at < text.length(); line++) {
      int end = text.indexOf('\n', at);
      if (end > at && text.charAt(at) != '#') {
        try {
          line(at, end);
        } catch (IllegalArgumentException e) {
          throw new IllegalStateException(
              "instruction table, line " + line + ": " + e.getMessage(), e);
        }
      }
      at = end + 1;
    }
    return forms;
  }

  private void line(int start, int end) {
    int bar1 = bar(start, end);
    int bar2 = bar(bar1 + 1, end);
    int bar3 = bar(bar2 + 1, end);
    int bar4 = bar(bar3 + 1, end);
    int bar5 = bar(bar4 + 1, end);
    EncodingParser encoding = new EncodingParser(column(start, bar1));
    String notation = column(bar1 + 1, bar2);
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
      forms.add(
          new Form(
              forms.size(),
              encoding.with(operands, 0),
              notation,
              mnemonic,
              operation,
              operands,
              access,
              flags(flags),
              attributes.mask,
              feature,
              attributes.condition));
      return;
    }
    String family = mnemonic.substring(0, mnemonic.length() - 2);
    for (int condition = 0; condition < 16; condition++) {
      String name = family.concat(Condition.name(condition));
      forms.add(
          new Form(
              forms.size(),
              encoding.with(operands, condition),
              name.concat(notation.substring(space)),
              name,
              operation,
              operands,
              access,
              FlagEffects.parse(flags, condition),
              attributes.mask,
              feature,
              condition));
    }
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
