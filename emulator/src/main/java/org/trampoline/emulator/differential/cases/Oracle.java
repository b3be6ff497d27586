package org.trampoline.emulator.differential.cases;

import java.util.List;
import org.trampoline.emulator.decode.Form;

/**
 * Something that executes batches of cases: a processor of silicon, another emulator, one of our
 * engines. To plug in an engine of your own either implement {@link
 * org.trampoline.emulator.engine.Engine} and wrap it in an {@link EngineOracle}, or implement this.
 *
 * <p>Not safe for use by several threads.
 */
public interface Oracle extends AutoCloseable {
  /** Short name, for instance {@code host}; errata go by it. */
  String name();

  /** What it is, for people: a processor's name and stepping, a library's version. */
  String label();

  /** Why it cannot judge instructions of this form in any mode, in a few words; null if it can. */
  String whyNot(Form form);

  /** Why it cannot judge batches of this mode; null if it can. */
  default String whyNot(CaseBatch.Mode mode) {
    return null;
  }

  /** Why it cannot judge instructions of this form in batches of this mode; null if it can. */
  default String whyNot(Form form, CaseBatch.Mode mode) {
    String reason = whyNot(mode);
    return reason != null ? reason : whyNot(form);
  }

  /**
   * Whether what the manual leaves undefined, flags and results, is to be as on our machine: so it
   * is promised by our engines, with equal profiles.
   */
  default boolean definesAll() {
    return false;
  }

  /**
   * What ring 3 sees in the GDT, where that is an operating system's; {@link CaseWorld}'s own
   * selectors may be among them.
   */
  default List<GdtEntry> gdt() {
    return List.of();
  }

  /**
   * Has ring 3 see what it sees on the oracle that this one is compared with. Whoever has a GDT
   * that cannot be changed does nothing.
   */
  default void show(List<GdtEntry> gdt) {}

  /**
   * Results for {@link #run} in the memory that costs least: they may be the oracle's own, and then
   * are good until it runs another batch or is closed. The caller closes them.
   */
  default CaseResults results() {
    return new CaseResults();
  }

  /**
   * Lets it begin with a batch that {@link #run} is called for next, with nothing between the two;
   * what executes in another process does so while the caller has other work.
   */
  default void begin(CaseBatch batch) {}

  /**
   * Executes a batch: every case from its record's state, in order, with the memory of {@link
   * CaseWorld}. Cases it cannot decide get the vector {@link CaseRecord#NO_RESULT}.
   *
   * @param results to be filled; has been made to fit the batch
   */
  void run(CaseBatch batch, CaseResults results);

  @Override
  void close();
}
