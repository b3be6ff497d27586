package org.trampoline.emulator.oracle.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.Oracle;

/**
 * The other process: it makes an oracle, says its name and label, and executes a batch for each
 * byte that it reads, until there are no more.
 */
final class OracleServer {
  /** What it answers: ready, or a batch is done. */
  static final int READY = 'r';

  /** The oracle is not here; the reason follows. */
  static final int ABSENT = 'a';

  private OracleServer() {}

  /**
   * @param args the file of {@link SharedCases} and the oracle's class, which has a constructor
   *     without parameters
   */
  public static void main(String[] args) throws IOException, ReflectiveOperationException {
    OutputStream answers = new FileOutputStream(FileDescriptor.out);
    System.setOut(System.err); // whatever is printed is no answer
    try (SharedCases shared = new SharedCases(Path.of(args[0]));
        CaseBatch batch = new CaseBatch();
        Oracle oracle = open(args[1], answers)) {
      if (oracle == null) {
        return;
      }
      introduce(oracle, answers);
      while (System.in.read() >= 0) {
        batch.load(shared.batch());
        shared.results.fit(batch);
        shared.results.reach(0);
        oracle.run(batch, shared.results);
        answers.write(READY);
        answers.flush();
      }
    }
  }

  private static Oracle open(String name, OutputStream answers)
      throws IOException, ReflectiveOperationException {
    try {
      var constructor = Class.forName(name).getDeclaredConstructor();
      constructor.setAccessible(true);
      return (Oracle) constructor.newInstance();
    } catch (java.lang.reflect.InvocationTargetException e) {
      answer(answers, ABSENT, String.valueOf(e.getCause().getMessage()));
      return null;
    }
  }

  /**
   * Says what the oracle is, and what it cannot judge: a line each mode, then for each form a line
   * and one for each mode.
   */
  private static void introduce(Oracle oracle, OutputStream answers) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(oracle.name()).append('\n').append(oracle.label());
    for (CaseBatch.Mode mode : CaseBatch.Mode.values()) {
      text.append('\n').append(Objects.toString(oracle.whyNot(mode), ""));
    }
    for (Form form : InstructionTable.get().forms()) {
      text.append('\n').append(Objects.toString(oracle.whyNot(form), ""));
      for (CaseBatch.Mode mode : CaseBatch.Mode.values()) {
        text.append('\n').append(Objects.toString(oracle.whyNot(form, mode), ""));
      }
    }
    answer(answers, READY, text.toString());
  }

  private static void answer(OutputStream answers, int kind, String text) throws IOException {
    answers.write(kind);
    answers.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    answers.flush();
  }
}
