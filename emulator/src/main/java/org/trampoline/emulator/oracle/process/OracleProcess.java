package org.trampoline.emulator.oracle.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CaseResults;
import org.trampoline.emulator.differential.cases.Oracle;
import org.trampoline.emulator.oracle.OracleUnavailableException;

/**
 * An oracle in a process of its own. If that ends by itself, or does not answer in time, the case
 * it was at is the one that broke it, and a new process takes its place.
 */
public final class OracleProcess implements Oracle {
  private static final Duration USUAL_LIMIT = Duration.ofSeconds(30);

  /** What a JVM says of the signal that ended it and of the library, or of an exception. */
  private static final Pattern LAST_WORD = Pattern.compile("# +(SIG|C )|Exception in thread");

  /** How long a process that crashes may take to say so. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  private final Class<? extends Oracle> type;
  private final Duration limit;
  private final Path file;
  private final Path errors;
  private final SharedCases shared;
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "oracle watchdog");
            thread.setDaemon(true);
            return thread;
          });
  private Process process;
  private OutputStream commands;
  private InputStream answers;
  private String name;
  private String label;
  private final Map<CaseBatch.Mode, String> modes = new EnumMap<>(CaseBatch.Mode.class);
  private final Map<Form, String> forms = new HashMap<>();
  private final Map<Form, Map<CaseBatch.Mode, String>> formsOfModes = new HashMap<>();
  private int restarts;
  private String lastReason = "";

  /**
   * Starts it.
   *
   * @param type the oracle, which has a constructor without parameters
   * @throws OracleUnavailableException if the oracle is not here
   */
  public OracleProcess(Class<? extends Oracle> type) {
    this(type, USUAL_LIMIT);
  }

  /**
   * @param limit how long a batch may take
   */
  public OracleProcess(Class<? extends Oracle> type, Duration limit) {
    this.type = type;
    this.limit = limit;
    try {
      file = Files.createTempFile("trampoline", ".cases");
      errors = Files.createTempFile("trampoline", ".errors");
      file.toFile().deleteOnExit();
      errors.toFile().deleteOnExit();
      shared = new SharedCases(file);
      start();
    } catch (IOException e) {
      throw new OracleUnavailableException(type.getSimpleName() + ": " + e.getMessage());
    }
  }

  private void start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("-XX:-UsePerfData");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:ErrorFile=" + errors + ".log");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("trampoline."))
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(OracleServer.class.getName());
    command.add(file.toString());
    command.add(type.getName());
    process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    commands = process.getOutputStream();
    answers = process.getInputStream();
    ScheduledFuture<?> watch = watch();
    int kind = answers.read();
    if (kind == OracleServer.ABSENT) {
      throw new OracleUnavailableException(line());
    } else if (kind != OracleServer.READY) {
      throw new IOException("its process does not start: " + reason());
    }
    name = line();
    label = line();
    for (CaseBatch.Mode mode : CaseBatch.Mode.values()) {
      modes.put(mode, line());
    }
    for (Form form : InstructionTable.get().forms()) {
      forms.put(form, line());
      Map<CaseBatch.Mode, String> reasons = new EnumMap<>(CaseBatch.Mode.class);
      for (CaseBatch.Mode mode : CaseBatch.Mode.values()) {
        reasons.put(mode, line());
      }
      formsOfModes.put(form, reasons);
    }
    watch.cancel(false);
  }

  private String line() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int b = answers.read(); b >= 0 && b != '\n'; b = answers.read()) {
      text.write(b);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /** Ends the process unless it has answered in time. */
  private ScheduledFuture<?> watch() {
    ProcessHandle watched = process.toHandle(); // which leaves the streams open
    return watchdog.schedule(watched::destroyForcibly, limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public String whyNot(Form form) {
    String reason = forms.get(form);
    return reason.isEmpty() ? null : reason;
  }

  @Override
  public String whyNot(CaseBatch.Mode mode) {
    String reason = modes.get(mode);
    return reason.isEmpty() ? null : reason;
  }

  @Override
  public String whyNot(Form form, CaseBatch.Mode mode) {
    String reason = formsOfModes.get(form).get(mode);
    return reason.isEmpty() ? null : reason;
  }

  /** How often a process had to be replaced. */
  public int restarts() {
    return restarts;
  }

  /** Why the last one ended. */
  public String lastReason() {
    return lastReason;
  }

  @Override
  public void run(CaseBatch batch, CaseResults results) {
    try {
      boolean done = execute(batch, batch.mode());
      if (!done && batch.mode() == CaseBatch.Mode.CHAIN) {
        done = execute(batch, CaseBatch.Mode.TRAP); // case by case: that tells which one it was
      }
      results.copyFrom(shared.results, batch.records().byteSize());
      if (!done) {
        results.breakAt(shared.results.reached());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name(), e);
    }
  }

  private boolean execute(CaseBatch batch, CaseBatch.Mode mode) throws IOException {
    shared.results.fit(batch);
    batch.store(shared.batch(), mode);
    ScheduledFuture<?> watch = watch();
    boolean done = ring();
    watch.cancel(false);
    if (!done) {
      restarts++;
      lastReason = reason();
      start();
    }
    return done;
  }

  private boolean ring() {
    try {
      commands.write(1);
      commands.flush();
      return answers.read() == OracleServer.READY;
    } catch (IOException e) {
      return false; // a broken pipe: it has ended
    }
  }

  /** How the process ended: its status, and what it said in the end. */
  private String reason() throws IOException {
    try {
      String words = new String(answers.readAllBytes(), StandardCharsets.ISO_8859_1);
      if (!process.waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      int status = process.waitFor();
      words += "\n" + Files.readString(errors, StandardCharsets.ISO_8859_1);
      String signal =
          words
              .lines()
              .filter(line -> LAST_WORD.matcher(line).lookingAt())
              .map(line -> line.replaceFirst("^#", "").strip())
              .reduce("", (all, line) -> all + ", " + line);
      return "status " + status + signal;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(Path.of(errors + ".log"));
    }
  }

  @Override
  public void close() {
    watchdog.shutdownNow();
    process.destroyForcibly();
    shared.close();
    file.toFile().delete();
    errors.toFile().delete();
  }
}
