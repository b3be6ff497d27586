package org.trampoline.emulator.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.trampoline.emulator.cpu.CpuFeature;

/**
 * The instruction set: the forms of {@code instructions.txt}, in its order, and an index by opcode.
 * Loaded once, on first use, and each form read when it is first asked for; never changes as far as
 * anybody can see, on any thread.
 */
public final class InstructionTable {
  private static final String RESOURCE = "instructions.txt";
  private static final Form[] NO_FORMS = {};

  /** Holds the one table, so that it is loaded when it is first asked for. */
  private static final class Holder {
    static final InstructionTable TABLE = new InstructionTable(read());
  }

  private static volatile boolean begun;

  private final TableParser parser;

  /** The forms that have been read, by id. */
  private final Form[] forms;

  private boolean complete;
  private final Form undefined;
  private final Form tooLong;

  /** The lines that an opcode may be of, by map and opcode. */
  private final TableParser.Line[][] candidates = new TableParser.Line[4 * 256][];

  /** Begins to load it on another thread: a start has other things to do before it is needed. */
  public static void prepare() {
    if (!begun) {
      begun = true;
      Thread loading = new Thread(InstructionTable::get, "instruction table");
      loading.setDaemon(true);
      loading.start();
    }
  }

  /** The table. */
  public static InstructionTable get() {
    return Holder.TABLE;
  }

  private InstructionTable(String text) {
    parser = new TableParser(text);
    forms = new Form[parser.forms()];
    undefined = pseudoForm(forms.length, Operation.UNDEFINED);
    tooLong = pseudoForm(forms.length + 1, Operation.TOO_LONG);
    for (TableParser.Line line : parser.lines()) {
      EncodingParser encoding = line.encoding();
      int first = encoding.map() << 8 | encoding.opcode();
      int count = encoding.registerInOpcode() ? 8 : line.forms();
      for (int i = first; i < first + count; i++) {
        candidates[i] = append(candidates[i], line);
      }
    }
  }

  private Form form(TableParser.Line line, int condition) {
    int id = line.id() + condition;
    if (forms[id] == null) {
      forms[id] = parser.form(line, condition);
    }
    return forms[id];
  }

  /** All forms, in the table's order; a line with +cc has become sixteen. */
  public synchronized List<Form> forms() {
    if (!complete) {
      for (TableParser.Line line : parser.lines()) {
        for (int condition = 0; condition < line.forms(); condition++) {
          Form ignored = form(line, condition);
        }
      }
      complete = true;
    }
    return Collections.unmodifiableList(Arrays.asList(forms));
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
    for (Form form : forms()) {
      if (form.notation().equals(notation)) {
        found.add(form);
      }
    }
    return found;
  }

  /** The forms that the opcode may be, whatever prefixes and modrm say, in the table's order. */
  synchronized Form[] candidates(int map, int opcode) {
    TableParser.Line[] lines = candidates[map << 8 | opcode];
    if (lines == null) {
      return NO_FORMS;
    }
    Form[] found = new Form[lines.length];
    for (int i = 0; i < lines.length; i++) {
      boolean conditional = lines[i].encoding().isConditional();
      found[i] = form(lines[i], conditional ? opcode - lines[i].encoding().opcode() : 0);
    }
    return found;
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

  private static TableParser.Line[] append(TableParser.Line[] list, TableParser.Line line) {
    if (list == null) {
      return new TableParser.Line[] {line};
    }
    TableParser.Line[] longer = Arrays.copyOf(list, list.length + 1);
    longer[list.length] = line;
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
}
