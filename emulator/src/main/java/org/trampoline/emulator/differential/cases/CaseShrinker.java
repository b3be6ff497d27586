package org.trampoline.emulator.differential.cases;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.InstructionTable;

/**
 * Reduces a divergence to the fewest instructions and the simplest state before them that still
 * show it: values that do not matter become 0 or what they are after a reset, those that do become
 * as small as possible. What differs, by field, must stay the same.
 */
public final class CaseShrinker implements AutoCloseable {
  private static final int[] SIMPLER = {0, 1, -1, 0x8000_0000, 0x80, 0x8000, 2, 0x7fff_ffff};
  private static final int CONTROL = 0x37f;
  private static final int MXCSR = 0x1f80;

  private final CaseComparison comparison;
  private final CaseBatch batch = new CaseBatch();
  private final Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
  private CaseDivergence best;

  /** For divergences of two oracles, which stay the caller's. */
  public CaseShrinker(Oracle ours, Oracle theirs) {
    comparison = new CaseComparison(ours, theirs);
  }

  /**
   * Executes a divergence's case again.
   *
   * @return what it gives now, or null if the two agree
   */
  public CaseDivergence replay(CaseDivergence divergence) {
    return run(divergence, divergence.code(), divergence.before(), divergence.data());
  }

  /** The errata that have explained cases so far. */
  public Set<Erratum> explained() {
    return comparison.errata().counts().keySet();
  }

  /** The simplest case found; the divergence itself if it does not show again. */
  public CaseDivergence shrink(CaseDivergence divergence) {
    CaseDivergence again = replay(divergence);
    if (again == null || !again.fields().equals(divergence.fields())) {
      return divergence;
    }
    best = again;
    if (best.isSequence()) {
      shrinkProgram();
    }
    if (best.fields().contains(StateField.ORACLE)) {
      return best; // it takes a new oracle each time
    }
    word(CaseRecord.EFLAGS, Eflags.FIXED | Eflags.IF);
    for (int register = 0; register < 8; register++) {
      for (int value : SIMPLER) {
        if (word(CaseRecord.general(register), value)) {
          break;
        }
      }
    }
    if (best.before().length >= SystemRecord.END) {
      for (int at = SystemRecord.START; at < SystemRecord.DESCRIPTORS; at += 4) {
        word(at, SystemRecord.usual(at));
      }
    }
    if (best.hasImage()) {
      shrinkImage();
    }
    shrinkData();
    return best;
  }

  /** Leaves out instructions, from the last on, until each that is left is needed. */
  private void shrinkProgram() {
    boolean again = true;
    while (again) {
      again = false;
      CaseProgram program = CaseProgram.decode(decoder, best.code(), best.at());
      for (int i = program.items().size() - 1; i >= 0 && program.items().size() > 1; i--) {
        CaseProgram shorter = program.without(i);
        byte[] code = shorter.code(best.at());
        if (code != null && shorter.isDefined() && accept(code, best.before(), best.data())) {
          program = shorter;
          again = true;
        }
      }
    }
  }

  private boolean word(int offset, int value) {
    byte[] before = best.before().clone();
    ByteBuffer view = ByteBuffer.wrap(before).order(ByteOrder.LITTLE_ENDIAN);
    if (view.getInt(offset) == value) {
      return true;
    }
    view.putInt(offset, value);
    return accept(best.code(), before, best.data());
  }

  private void shrinkImage() {
    word(CaseRecord.FX + 24, MXCSR);
    byte[] before = best.before().clone();
    ByteBuffer view = ByteBuffer.wrap(before).order(ByteOrder.LITTLE_ENDIAN);
    view.putShort(CaseRecord.FX, (short) CONTROL);
    accept(best.code(), before, best.data());
    for (int register = 0; register < 16; register++) {
      before = best.before().clone();
      int at = CaseRecord.FX + 32 + 16 * register;
      Arrays.fill(before, at, at + 16, (byte) 0);
      accept(best.code(), before, best.data());
    }
  }

  /** Memory to zero, halves of it first, then quarters… */
  private void shrinkData() {
    for (int size = CaseWorld.DATA_SIZE; size >= 1024; size /= 4) {
      for (int at = 0; at < CaseWorld.DATA_SIZE; at += size) {
        byte[] data = best.data().clone();
        Arrays.fill(data, at, at + size, (byte) 0);
        if (accept(best.code(), best.before(), data) && size == CaseWorld.DATA_SIZE) {
          return;
        }
      }
      if (size <= CaseWorld.DATA_SIZE / 16) {
        return;
      }
    }
  }

  private boolean accept(byte[] code, byte[] before, byte[] data) {
    CaseDivergence found = run(best, code, before, data);
    boolean same =
        found != null
            && found.isSequence() == best.isSequence()
            && (best.isSequence()
                ? best.fields().containsAll(found.fields())
                : found.fields().equals(best.fields()));
    if (!same) {
      return false;
    }
    best = found;
    return true;
  }

  private CaseDivergence run(CaseDivergence divergence, byte[] code, byte[] before, byte[] data) {
    batch.single(divergence, divergence.at(), code, before, MemorySegment.ofArray(data));
    CaseDivergence[] found = new CaseDivergence[1];
    comparison.run(batch, d -> found[0] = d);
    return found[0];
  }

  @Override
  public void close() {
    comparison.close();
    batch.close();
  }
}
