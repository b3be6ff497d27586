package org.trampoline.emulator.differential.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.UndefinedFlags;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.oracle.Oracles;
import org.trampoline.emulator.oracle.host.HostOracle;

/** The profiles of undefined flags (SDM vol. 1, appendix A), with no flag left out. */
class UndefinedFlagsTest {
  private static final int ROUNDS = Integer.getInteger("trampoline.cases.rounds", 20);
  private static final long SEED = Long.getLong("trampoline.cases.seed", 1);

  private final List<String> report = new ArrayList<>();
  private final Map<Operation, Integer> seen = new EnumMap<>(Operation.class);
  private int undefined;

  @Test
  void zenIsWhatTheHostShows() {
    Oracles.requireHost();
    try (HostOracle host = new HostOracle();
        MachineOracle machine = new MachineOracle(UndefinedFlags.ZEN)) {
      assumeTrue(host.label().contains("AuthenticAMD family 25"), () -> "host: " + host.label());
      forms(host, (batch, results) -> machine.run(batch, results), this::sameFlags);
    }
    assertEquals("", String.join("\n", report));
    assertTrue(undefined > 10_000, () -> "cases with undefined flags: " + undefined);
    assertEquals(30, seen.size(), seen::toString);
  }

  @Test
  void unchangedIsUnchanged() {
    try (MachineOracle usual = new MachineOracle();
        MachineOracle machine = new MachineOracle(UndefinedFlags.UNCHANGED)) {
      forms(usual, machine::run, this::keepsUndefined);
    }
    assertEquals("", String.join("\n", report));
    assertTrue(undefined > 10_000, () -> "cases with undefined flags: " + undefined);
  }

  /** An engine of ours with another profile differs: nothing is masked. */
  @Test
  void ourEnginesAreComparedInFull() {
    Machine machine =
        Machine.builder()
            .memory(EngineWorld.MEMORY)
            .cpu(CpuModel.MAX)
            .engine(ExecutionEngine.INTERPRETER)
            .build();
    List<CaseDivergence> found = new ArrayList<>();
    try (Oracle unchanged = new MachineOracle(UndefinedFlags.UNCHANGED);
        Oracle usual = new EngineOracle(machine, "whole blocks");
        CaseComparison comparison = new CaseComparison(unchanged, usual);
        CaseBatch batch = new CaseBatch()) {
      CaseGenerator generator = new CaseGenerator(SEED);
      InstructionTable.get().forms().stream()
          .filter(form -> form.notation().equals("and r32, r/m32"))
          .forEach(form -> generator.add(batch, form, 0));
      comparison.run(batch, found::add);
    }
    assertTrue(
        found.stream().anyMatch(d -> d.fields().equals(Set.of(StateField.FLAGS))), found::toString);
  }

  private interface Runner {
    void run(CaseBatch batch, CaseResults results);
  }

  private interface Judge {
    void judge(CaseBatch batch, CaseRun run, int index, CaseResults theirs, CaseResults ours);
  }

  private void forms(Oracle other, Runner machine, Judge judge) {
    CaseGenerator generator = new CaseGenerator(SEED);
    try (CaseBatch batch = new CaseBatch();
        CaseResults ours = new CaseResults();
        CaseResults theirs = new CaseResults()) {
      for (Form form : InstructionTable.get().forms()) {
        if (!form.leavesFlagsUndefined()
            || !CaseGenerator.allows(form, CaseBatch.Mode.CHAIN)
            || other.whyNot(form, CaseBatch.Mode.CHAIN) != null) {
          continue;
        }
        for (int round = 0; round < ROUNDS; round++) {
          batch.clear(CaseBatch.Mode.CHAIN, false);
          generator.add(batch, form, round);
          ours.fit(batch);
          theirs.fit(batch);
          machine.run(batch, ours);
          other.run(batch, theirs);
          for (int i = 0; i < batch.cases(); i++) {
            if (completed(ours, i) && completed(theirs, i)) {
              seen.merge(form.operation(), 1, Integer::sum);
              judge.judge(batch, batch.runOf(i), i, theirs, ours);
            }
          }
        }
      }
    }
  }

  private static boolean completed(CaseResults results, int index) {
    return CaseRecord.vector(results.record(index)) == CaseRecord.NO_FAULT;
  }

  private static int flags(long record) {
    return Host.get32(record + CaseRecord.EFLAGS) & Eflags.STATUS;
  }

  /** All status flags, and the general registers, which a 16-bit SHLD may leave undefined. */
  private void sameFlags(
      CaseBatch batch, CaseRun run, int index, CaseResults theirs, CaseResults ours) {
    long before = batch.record(index);
    undefined += Integer.bitCount(ResultComparison.undefinedFlags(run.insn, before)) > 0 ? 1 : 0;
    int want = flags(theirs.record(index));
    int have = flags(ours.record(index));
    boolean same = want == have;
    for (int r = 0; r < 8; r++) {
      same &=
          r == Cpu.ESP
              || CaseRecord.register(theirs.record(index), r)
                  == CaseRecord.register(ours.record(index), r);
    }
    if (!same && report.size() < 20) {
      report.add(
          "%s from %x: %x, ours %x; eax %x ecx %x"
              .formatted(
                  run.form,
                  flags(before),
                  want,
                  have,
                  CaseRecord.register(before, Cpu.EAX),
                  CaseRecord.register(before, Cpu.ECX)));
    }
  }

  /** Defined flags are the usual ones, undefined ones those of before. */
  private void keepsUndefined(
      CaseBatch batch, CaseRun run, int index, CaseResults usual, CaseResults ours) {
    long before = batch.record(index);
    int mask = ResultComparison.undefinedFlags(run.insn, before);
    undefined += mask != 0 ? 1 : 0;
    int want = flags(usual.record(index)) & ~mask | flags(before) & mask;
    int have = flags(ours.record(index));
    if (want != have && report.size() < 20) {
      report.add("%s from %x: %x, ours %x".formatted(run.form, flags(before), want, have));
    }
  }
}
