package org.trampoline.bench.soak;

import java.util.Optional;
import org.trampoline.emulator.translate.TranslatorStatistics;

/** A machine whose guest goes on for ever. */
public interface Guest extends AutoCloseable {
  /**
   * Room for translated code, in bytes: so little that guests have used it up before memory is
   * compared, and begin anew all the time.
   */
  int CODE = 2 << 20;

  /** Its name for people. */
  String title();

  /**
   * Runs it for some tenths of a second.
   *
   * @throws GuestFailure if the guest went wrong
   */
  void advance();

  /** What its translator has done, where one can tell. */
  Optional<TranslatorStatistics> statistics();

  /** Instructions that it has completed. */
  long instructions();

  @Override
  void close();
}
