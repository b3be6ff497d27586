package org.trampoline.emulator.differential.cases;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.differential.Comparison;
import org.trampoline.emulator.differential.Lockstep;
import org.trampoline.emulator.differential.cases.Erratum.When;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.GuestWorld;
import org.trampoline.emulator.engine.TestEngine;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.oracle.Listing;
import org.trampoline.emulator.oracle.Oracles;
import org.trampoline.emulator.oracle.UnicornOracle;
import org.trampoline.emulator.oracle.host.HostOracle;

/**
 * Lines of {@code errata.txt} that have become stale are found: without one, but with all others,
 * cases differ, the first of which ends the search, and with it they do not. What hardly any case
 * shows has one made for it, or a program.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErrataShowTest {
  private static final long SEED = Long.getLong("trampoline.cases.seed", 1);

  /** Runs of cases of all forms that a line is about, at most. */
  private static final int MOST_RUNS = 40_000;

  /** Runs of cases in a batch: in small ones a case that differs is soon alone. */
  private static final int TOGETHER = 8;

  /** What shows only in whole programs, and a program in which it does: see {@link GuestWorld}. */
  private static final Map<When, String> PROGRAMS =
      Map.of(
          When.SEGMENT_UNCHECKED,
          """
          31 c0 # 1100 xorl %eax,%eax
          8e e0 # 1102 movl %eax,%fs
          64 8b 0d 00 60 00 00 # 1104 movl %fs:0x6000,%ecx
          f4 # hlt\
          """,
          When.PORT_UNCHECKED,
          GuestWorld.ENTER_RING_3
              + """
              ec # 111b inb %dx,%al: EDX is 686H as after RESET, beyond the TSS
              f4 # hlt\
              """,
          When.UNDEFINED_EXECUTED,
          "8f c8 # 1100 8F /1\nf4 # hlt",
          When.UNDEFINED_READ,
          "ff 3d 00 00 00 f0 # 1100 FF /7 at an absent page\nf4 # hlt");

  /** What shows only in sequences hardly ever made, with {@code ecx} 1 and other registers 0. */
  private static final Map<When, String> SEQUENCES =
      Map.of(
          When.SEQUENCE_CARRIES,
          """
          66 83 e8 f8 # subw $-8,%ax
          e0 00 # loopne\
          """,
          When.SEQUENCE_ZERO,
          """
          f3 0f b8 c2 # popcntl %edx,%eax
          e1 00 # loope\
          """);

  private static final Set<Operation> FLAGS =
      EnumSet.of(Operation.ADD, Operation.ADC, Operation.SBB, Operation.CMP, Operation.RCL);

  private static final Map<When, String> NOT_SEARCHED =
      Map.of(
          When.SEQUENCE_LOCK,
          "explains one of some ten thousand sequences: what depends on a CF that a LOOPE has"
              + " lost");

  private Oracle machine;
  private Oracle host;
  private Oracle unicorn;

  static Stream<Erratum> ofHost() {
    return Erratum.list().stream().filter(e -> e.oracle().equals("host"));
  }

  static Stream<Erratum> ofUnicorn() {
    return Erratum.list().stream().filter(e -> e.oracle().equals("unicorn"));
  }

  @BeforeAll
  void open() {
    machine = new MachineOracle();
  }

  @ParameterizedTest
  @MethodSource("ofUnicorn")
  void unicorn(Erratum erratum) {
    Oracles.requireUnicorn();
    if (unicorn == null) {
      unicorn = new UnicornOracle();
    }
    skipUnlessOf(unicorn, erratum);
    skipUnsearched(erratum);
    String program = PROGRAMS.get(erratum.when());
    boolean shown = program != null ? showsIn(program, erratum) : shows(erratum, unicorn);
    assertTrue(shown, stale(erratum));
  }

  @ParameterizedTest
  @MethodSource("ofHost")
  void hostCpu(Erratum erratum) {
    Oracles.requireHost();
    if (host == null) {
      host = new HostOracle();
    }
    skipUnlessOf(host, erratum);
    skipUnsearched(erratum);
    assertTrue(shows(erratum, host), stale(erratum));
  }

  private static void skipUnsearched(Erratum erratum) {
    String reason = NOT_SEARCHED.get(erratum.when());
    if (reason != null) {
      Oracles.skip(erratum.when() + ": " + reason);
    }
  }

  private static void skipUnlessOf(Oracle oracle, Erratum erratum) {
    if (!erratum.concerns(oracle.name(), oracle.label())) {
      Oracles.skip("of " + erratum.label() + ", and this is " + oracle.label());
    }
  }

  private static String stale(Erratum erratum) {
    return "does not show: " + erratum.forms() + " ; " + erratum.when() + " ; " + erratum.proof();
  }

  @AfterAll
  void close() {
    for (Oracle oracle : Arrays.asList(host, unicorn, machine)) {
      if (oracle != null) {
        oracle.close();
      }
    }
  }

  /** Whether cases differ without the erratum, and with it do not. */
  private boolean shows(Erratum erratum, Oracle oracle) {
    List<Erratum> others =
        Erratum.list().stream()
            .filter(e -> e.concerns(oracle.name(), oracle.label()))
            .filter(e -> !e.toString().equals(erratum.toString()))
            .toList();
    try (CaseComparison without = new CaseComparison(machine, oracle, new ErrataList(others));
        CaseComparison with = new CaseComparison(machine, oracle);
        CaseBatch batch = new CaseBatch()) {
      return search(erratum, oracle, batch, () -> differs(without, batch) && !differs(with, batch));
    }
  }

  private static boolean search(
      Erratum erratum, Oracle oracle, CaseBatch batch, BooleanSupplier shows) {
    String sequence = SEQUENCES.get(erratum.when());
    if (sequence != null) {
      return inSequence(sequence, batch, shows);
    }
    switch (erratum.when()) {
      case WRAP_16 -> {
        return wrapping(batch, shows);
      }
      case CPU_NUMBER -> {
        return limitOf78(batch, shows);
      }
      case SEQUENCE, SEQUENCE_FAULT -> {
        return searchSequences(erratum, batch, shows);
      }
      case SHUT_DOWN -> {
        return enteringVirtualMode(erratum, batch, shows);
      }
      default -> {}
    }
    CaseGenerator generator = new CaseGenerator(SEED);
    for (int run = 0; run < MOST_RUNS; run += TOGETHER) {
      for (boolean fx : new boolean[] {false, true}) {
        List<Form> forms =
            InstructionTable.get().forms().stream()
                .filter(f -> erratum.concerns(f) && CaseGenerator.needsFx(f) == fx)
                .toList();
        for (CaseBatch.Mode mode : CaseBatch.Mode.values()) {
          batch.clear(mode, fx);
          for (int i = run; i < run + TOGETHER && !forms.isEmpty(); i++) {
            Form form = forms.get(i % forms.size());
            if (CaseGenerator.allows(form, mode) && oracle.whyNot(form, mode) == null) {
              generator.add(batch, form, i / forms.size());
            }
          }
          if (batch.cases() > 0 && shows.getAsBoolean()) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Cases are made not to end there: {@code fld m80} with its last bytes at 0 of FS. */
  private static boolean wrapping(CaseBatch batch, BooleanSupplier shows) {
    batch.clear(CaseBatch.Mode.CHAIN, true);
    CaseBuilder.add(batch, 0x64, 0x67, 0xdb, 0x2f)
        .set(CaseRecord.general(Cpu.EBX), 0xfff8)
        .set(CaseRecord.FX, 0x37f);
    return shows.getAsBoolean();
  }

  /** The number is that of the processor on which the helper process is. */
  private static boolean limitOf78(CaseBatch batch, BooleanSupplier shows) {
    for (ProcessHandle child : ProcessHandle.current().children().toList()) {
      onAnotherProcessor(child.pid());
    }
    batch.clear(CaseBatch.Mode.TRAP, false);
    CaseBuilder.add(batch, 0x0f, 0x03, 0xc1) // lsl eax, cx
        .set(CaseRecord.general(Cpu.ECX), 0x78);
    return shows.getAsBoolean();
  }

  private static void onAnotherProcessor(long pid) {
    try {
      Process command =
          new ProcessBuilder("taskset", "-cp", "1", Long.toString(pid))
              .redirectErrorStream(true)
              .start();
      String said = new String(command.getInputStream().readAllBytes(), UTF_8).strip();
      if (command.waitFor() != 0) {
        Oracles.skip(said);
      }
    } catch (IOException e) {
      Oracles.skip("no taskset: " + e.getMessage());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("restricted")
  private static boolean inSequence(String listing, CaseBatch batch, BooleanSupplier shows) {
    batch.clear(CaseBatch.Mode.SEQUENCE, false);
    CaseBuilder.add(batch, 0x90)
        .set(CaseRecord.general(Cpu.ECX), 1)
        .set(CaseRecord.ESP, CaseWorld.DATA + 0x1_8000);
    byte[] before = new byte[CaseRecord.SIZE];
    for (int i = 0; i < before.length; i++) {
      before[i] = (byte) Host.get8(batch.record(0) + i);
    }
    MemorySegment data = MemorySegment.ofArray(new byte[CaseWorld.DATA_SIZE]);
    int at = batch.run(0).at();
    batch.single(CaseBatch.Mode.SEQUENCE, at, Listing.code(listing), before, data);
    return shows.getAsBoolean();
  }

  /** Returns to virtual-8086 mode beyond 64 KB, of which there is hardly one among all IRETs. */
  private static boolean enteringVirtualMode(
      Erratum erratum, CaseBatch batch, BooleanSupplier shows) {
    Form form =
        InstructionTable.get().forms().stream().filter(erratum::concerns).findFirst().orElseThrow();
    batch.clear(CaseBatch.Mode.SYSTEM, false);
    new CaseGenerator(SEED).add(batch, form, 0);
    for (int i = 0; i < batch.cases(); i++) {
      int frame = Host.get32(batch.record(i) + CaseRecord.ESP) - CaseWorld.DATA;
      if (frame >= 0 && frame < CaseWorld.DATA_SIZE - 36) {
        batch.data().set(ValueLayout.JAVA_INT_UNALIGNED, frame, 0x1_2345);
        batch.data().set(ValueLayout.JAVA_INT_UNALIGNED, frame + 8, Eflags.VM | Eflags.FIXED);
      }
    }
    return shows.getAsBoolean();
  }

  /** Of its forms, and of some that depend on flags. */
  private static boolean searchSequences(Erratum erratum, CaseBatch batch, BooleanSupplier shows) {
    List<Form> forms =
        InstructionTable.get().forms().stream()
            .filter(f -> erratum.concerns(f) || FLAGS.contains(f.operation()))
            .toList();
    SequenceGenerator generator = new SequenceGenerator(SEED, forms);
    for (int round = 0; round < MOST_RUNS; round++) {
      batch.clear(CaseBatch.Mode.SEQUENCE, false);
      generator.add(batch, round);
      if (shows.getAsBoolean()) {
        return true;
      }
    }
    return false;
  }

  /** Whether any case does; the rest of the batch is not looked at. */
  private static boolean differs(CaseComparison comparison, CaseBatch batch) {
    try {
      comparison.run(
          batch,
          _ -> {
            throw new Found();
          });
      return false;
    } catch (Found _) {
      return true;
    }
  }

  private static final class Found extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static boolean showsIn(String program, Erratum erratum) {
    try (Engine machine = TestEngine.INTERPRETER.open(Ports.NONE);
        Engine unicorn = TestEngine.UNICORN.open(Ports.NONE)) {
      GuestWorld.with(machine, program);
      GuestWorld.with(unicorn, program);
      Comparison result = new Lockstep(machine, unicorn).run(1000);
      return switch (result) {
        case Comparison.Equal equal ->
            equal.errata().keySet().stream().anyMatch(e -> e.when() == erratum.when());
        case Comparison.Different different ->
            different.divergence().erratum().filter(e -> e.when() == erratum.when()).isPresent();
      };
    }
  }
}
