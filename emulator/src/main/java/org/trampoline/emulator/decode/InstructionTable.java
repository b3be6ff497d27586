package org.trampoline.emulator.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

  /** The table. */
  public static InstructionTable get() {
    return Holder.TABLE;
  }

  private InstructionTable(String text) {
    List<Form> parsed = new TableParser(text).parse();
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
}
