package org.trampoline.emulator.differential.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.UndefinedFlags;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.oracle.Oracles;
import org.trampoline.emulator.oracle.UnicornOracle;
import org.trampoline.emulator.oracle.host.HostOracle;

/**
 * Generated sequences do on our machine, instruction for instruction, what they do on each oracle
 * and on our own engines at full speed. More: {@code -Dtrampoline.cases.rounds=N
 * -Dtrampoline.cases.seed=S}.
 */
class SequencesTest {
  private static final int ROUNDS = Integer.getInteger("trampoline.cases.rounds", 0);
  private static final long SEED = Long.getLong("trampoline.cases.seed", 1);
  private static final int SHOWN = 5;

  private final List<String> report = new ArrayList<>();

  @Test
  void hostCpu() {
    Oracles.requireHost();
    compare(MachineOracle.atFullSpeed(), new HostOracle(), 2000);
  }

  @Test
  void unicorn() {
    Oracles.requireUnicorn();
    compare(MachineOracle.atFullSpeed(), new UnicornOracle(), 300);
  }

  @Test
  void interpreterAtFullSpeed() {
    compare(new MachineOracle(), new EngineOracle(machine(false), "whole blocks"), 2000);
  }

  @Test
  void translator() {
    Machine machine = machine(true);
    assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
    compare(new MachineOracle(), new EngineOracle(machine, "translator"), 2000);
  }

  private static Machine machine(boolean translate) {
    return Machine.builder()
        .memory(EngineWorld.MEMORY)
        .cpu(CpuModel.MAX)
        .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER)
        .build();
  }

  private void compare(Oracle machine, Oracle oracle, int rounds) {
    rounds = ROUNDS == 0 ? rounds : ROUNDS;
    try (oracle;
        machine;
        CaseComparison comparison = new CaseComparison(machine, oracle);
        CaseBatch batch = new CaseBatch()) {
      List<Form> forms =
          InstructionTable.get().forms().stream()
              .filter(
                  f ->
                      oracle.whyNot(f, CaseBatch.Mode.SEQUENCE) == null
                          && !comparison.errata().mayShow(f))
              .toList();
      SequenceGenerator generator = new SequenceGenerator(SEED, forms);
      for (boolean fx : new boolean[] {false, true}) {
        batch.clear(CaseBatch.Mode.SEQUENCE, fx);
        for (int round = 0; round < rounds; round++) {
          if (!generator.add(batch, round)) {
            run(comparison, batch);
            batch.clear(CaseBatch.Mode.SEQUENCE, fx);
            generator.add(batch, round);
          }
        }
        run(comparison, batch);
      }
      System.out.printf(
          "%d sequences on %s, %d ended in a fault, %d undecided; %d explained by errata%n",
          comparison.cases(),
          oracle.label(),
          comparison.faults(),
          comparison.undecided(),
          comparison.errata().total());
      assertTrue(comparison.faults() * 2 < comparison.cases(), "most come to their end");
      assertTrue(comparison.faults() * 50 > comparison.cases(), "faults are a part of it");
      assertTrue(comparison.undecided() * 100 < comparison.cases(), "most have a result");
    }
    assertEquals("", String.join("\n", report), "case; then ours, the oracle's");
  }

  private void run(CaseComparison comparison, CaseBatch batch) {
    comparison.run(
        batch,
        d -> {
          if (report.size() < SHOWN) {
            report.add(d.toString());
          }
        });
  }

  /** Found undecided on silicon: a subroutine that returns to where it is called from, and pops. */
  @Test
  void endsWhereTheStackDoes() {
    byte[] code = {0x58, (byte) 0xeb, (byte) 0xfd}; // pop eax; jmp back to it
    byte[] before = new byte[CaseRecord.SIZE];
    try (CaseBatch batch = new CaseBatch();
        CaseResults results = new CaseResults();
        MachineOracle machine = MachineOracle.atFullSpeed()) {
      CaseBuilder.add(batch, 0x90).set(CaseRecord.ESP, CaseWorld.DATA);
      for (int i = 0; i < before.length; i++) {
        before[i] = (byte) Host.get8(batch.record(0) + i);
      }
      MemorySegment data = MemorySegment.ofArray(new byte[CaseWorld.DATA_SIZE]);
      batch.single(CaseBatch.Mode.SEQUENCE, batch.run(0).at(), code, before, data);
      results.fit(batch);
      machine.run(batch, results);
      assertEquals(Vector.PF, CaseRecord.vector(results.record(0)));
      int end = CaseWorld.DATA + CaseWorld.DATA_MAPPED;
      assertEquals(end, Host.get32(results.record(0) + CaseRecord.ADDRESS));
    }
  }

  /** Found undecided on silicon: SHL of the return address, and a RET to where nothing is. */
  @Test
  void leavingTheProgramIsDecided() {
    byte[] code = {0x66, (byte) 0xc1, 0x24, 0x24, 24, (byte) 0xc3}; // shl word [esp], 24; ret
    byte[] before = new byte[CaseRecord.SIZE];
    try (CaseBatch batch = new CaseBatch();
        MachineOracle usual = new MachineOracle();
        MachineOracle unchanged = new MachineOracle(UndefinedFlags.UNCHANGED);
        CaseComparison comparison = new CaseComparison(usual, unchanged)) {
      CaseBuilder.add(batch, 0x90)
          .set(CaseRecord.ESP, CaseWorld.DATA + 0x1_8000)
          .set(CaseRecord.EFLAGS, Eflags.FIXED | Eflags.IF | Eflags.AF);
      for (int i = 0; i < before.length; i++) {
        before[i] = (byte) Host.get8(batch.record(0) + i);
      }
      MemorySegment data = MemorySegment.ofArray(new byte[CaseWorld.DATA_SIZE]);
      data.set(ValueLayout.JAVA_INT_UNALIGNED, 0x1_8000, 0x1200_0001);
      batch.single(CaseBatch.Mode.SEQUENCE, batch.run(0).at(), code, before, data);
      run(comparison, batch);
      assertEquals(0, comparison.undecided());
      long result = comparison.ourResults().record(0);
      assertEquals(0x1200_0000, Host.get32(result + CaseRecord.EIP));
      assertEquals(List.of(), report);
    }
  }

  /** What the generator knows of instructions must be so, or loops would not end. */
  @Test
  void instructionsChangeNoRegisterBesideThoseKnown() {
    CaseGenerator generator = new CaseGenerator(SEED);
    try (MachineOracle machine = new MachineOracle();
        CaseBatch batch = new CaseBatch();
        CaseResults results = new CaseResults()) {
      for (Form form : InstructionTable.get().forms()) {
        if (!SequenceGenerator.allows(form)) {
          continue;
        }
        batch.clear(CaseBatch.Mode.CHAIN, CaseKind.fx(form));
        for (int round = 0; round < 16; round++) {
          generator.add(batch, form, round);
        }
        results.fit(batch);
        machine.run(batch, results);
        for (int i = 0; i < batch.runs(); i++) {
          CaseRun run = batch.run(i);
          int known = RegisterEffects.written(run.insn) | 1 << org.trampoline.emulator.cpu.Cpu.ESP;
          for (int k = run.first; k < run.first + run.count; k++) {
            assertEquals(0, changed(batch.record(k), results.record(k)) & ~known, form.notation());
          }
        }
      }
    }
  }

  private static int changed(long before, long after) {
    int changed = 0;
    for (int i = 0; i < 8; i++) {
      int offset = CaseRecord.general(i);
      changed |= Host.get32(before + offset) != Host.get32(after + offset) ? 1 << i : 0;
    }
    return changed;
  }
}
