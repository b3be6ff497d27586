package org.trampoline.emulator.differential.coverage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;

/**
 * The tests that were written from the SDM, by the forms that they execute: {@code
 * hand-written.txt}. A test of this project checks that the list is true.
 */
public final class HandWritten {
  /**
   * A test that executes a form.
   *
   * @param test simple name of its class
   * @param source the place in the SDM that it goes by
   */
  public record Entry(Form form, String test, String source) {}

  private static final String LIST = "hand-written.txt";
  private static final HandWritten INSTANCE = new HandWritten();

  private final List<Entry> entries = new ArrayList<>();
  private final Map<Form, List<Entry>> byForm = new HashMap<>();

  private HandWritten() {
    Map<String, Form> forms = new HashMap<>();
    for (Form form : InstructionTable.get().forms()) {
      forms.put(key(form), form);
    }
    for (String line : text().lines().filter(l -> !l.startsWith("#")).toList()) {
      String[] columns = Arrays.stream(line.split("\\|")).map(String::strip).toArray(String[]::new);
      Form form = columns.length == 4 ? forms.get(columns[0] + " | " + columns[1]) : null;
      if (form == null) {
        throw new IllegalStateException(LIST + ": not a form of the instruction table: " + line);
      }
      Entry entry = new Entry(form, columns[2], columns[3]);
      entries.add(entry);
      byForm.computeIfAbsent(form, _ -> new ArrayList<>()).add(entry);
    }
  }

  private static String key(Form form) {
    return form.encoding().text() + " | " + form.notation();
  }

  private static String text() {
    try (InputStream in = HandWritten.class.getResourceAsStream(LIST)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static HandWritten get() {
    return INSTANCE;
  }

  /** All of them, in the table's order. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** The tests that execute a form. */
  public List<Entry> of(Form form) {
    return byForm.getOrDefault(form, List.of());
  }
}
