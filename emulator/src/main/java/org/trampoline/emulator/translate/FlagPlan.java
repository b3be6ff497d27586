package org.trampoline.emulator.translate;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/**
 * What becomes of the status flags in a block, from the flag columns of the instruction table:
 * which of them somebody may look at after each instruction, and whether they have to be evaluated
 * for that. They have not if only whoever leaves translated code may look, and a {@link FlagRecipe}
 * holds as long; then they are <em>deferred</em>.
 */
final class FlagPlan {
  /** Knows what comes after the block. */
  interface Successors {
    /** Whether the code at an eip replaces all flags before it changes what a recipe needs. */
    boolean replaceFlags(int eip, FlagRecipe recipe);
  }

  private final Insn[] insns;
  private final int[] live;
  private final FlagRecipe[] recipes;
  private final boolean[] deferred;

  /** Of INC and DEC: the instruction whose CF they leave. */
  private final int[] carryFrom;

  /** Whether what a recipe needs besides registers is there. */
  private final boolean[] noted;

  private final boolean[] branchReplaces;
  private int[] targets;
  private int count;
  private boolean targetReplaces;
  private boolean endReplaces;

  FlagPlan(Insn[] insns) {
    this.insns = insns;
    live = new int[insns.length];
    recipes = new FlagRecipe[insns.length];
    deferred = new boolean[insns.length];
    carryFrom = new int[insns.length];
    noted = new boolean[insns.length];
    branchReplaces = new boolean[insns.length];
  }

  /** The flags that are live after instruction {@code i}, for whatever reason. */
  int live(int i) {
    return live[i];
  }

  /** The recipe for the flags of instruction {@code i} if they are deferred, or null. */
  FlagRecipe deferred(int i) {
    return deferred[i] ? recipes[i] : null;
  }

  /** Whether the target of the branch at the block's end replaces the flags that are deferred. */
  boolean targetReplaces() {
    return targetReplaces;
  }

  /** As {@link #targetReplaces}, of a conditional jump that is passed. */
  boolean branchReplaces(int i) {
    return branchReplaces[i];
  }

  /** As {@link #targetReplaces}, of what follows the block. */
  boolean endReplaces() {
    return endReplaces;
  }

  /**
   * Plans a block of {@code count} instructions.
   *
   * @param count jumps and calls among them but the last are followed, conditional jumps passed
   * @param targets where those conditional jumps lead
   * @param target where the branch at its end leads, if that is a near one
   * @param end the eip behind it
   */
  void make(int count, int[] targets, int target, int end, Successors successors) {
    this.count = count;
    this.targets = targets;
    Arrays.fill(branchReplaces, 0, count, false);
    findLive(i -> !Templates.mayExit(insns[i]));
    findRecipes();
    targetReplaces = false;
    endReplaces = false;
    for (int i = 0; i < count; i++) {
      FlagRecipe recipe = recipes[i];
      boolean usable = recipe != null && (recipe.carry() == null || noted[carryFrom[i]]);
      deferred[i] = live[i] != 0 && usable && defer(i, target, end, successors);
      noted[i] = usable && (deferred[i] || !recipe.takesNote());
    }
  }

  /**
   * Plans the same block as a loop, in which nothing is deferred.
   *
   * @param stays whether an instruction cannot leave it
   * @return the instruction before which nobody looks at any flags in an iteration; -1 if there is
   *     none
   */
  int makeLoop(IntPredicate stays) {
    findLive(stays);
    Arrays.fill(deferred, 0, count, false);
    Arrays.fill(branchReplaces, 0, count, false);
    targetReplaces = false;
    endReplaces = false;
    for (int i = 0; i < count; i++) {
      if (!stays.test(i) || insns[i].form.flags().read() != 0) {
        return -1;
      }
      if (InsnEffects.replacesFlags(insns[i])) {
        return i;
      }
    }
    return -1;
  }

  private void findLive(IntPredicate stays) {
    int after = Eflags.STATUS;
    for (int i = count - 1; i >= 0; i--) {
      live[i] = after;
      Insn insn = insns[i];
      if (insn.operation == Operation.JMP && i < count - 1) {
        continue; // followed
      }
      if (!stays.test(i)) {
        after = Eflags.STATUS;
      } else {
        boolean all = InsnEffects.replacesFlags(insn);
        int replaced = all ? Eflags.STATUS : insn.form.flagsReplaced(insn);
        after = (after & ~replaced | insn.form.flags().read()) & Eflags.STATUS;
      }
    }
  }

  private void findRecipes() {
    FlagRecipe before = null;
    int from = 0;
    for (int i = 0; i < count; i++) {
      Insn insn = insns[i];
      recipes[i] = FlagRecipe.of(insn, before);
      carryFrom[i] = from;
      if (!InsnEffects.keepsFlags(insn)) {
        before = recipes[i];
        from = i;
      } else if (before != null && (InsnEffects.changes(insn) & before.registers()) != 0) {
        before = null;
      }
    }
  }

  /** Whether the flags of instruction {@code i} need not be evaluated at once. */
  private boolean defer(int i, int target, int end, Successors successors) {
    FlagRecipe recipe = recipes[i];
    // whether the host's flags are still those of the instruction
    boolean whole = recipe.kind() != FlagRecipe.Kind.IMUL && !InsnEffects.highBytes(insns[i]);
    boolean holds = true;
    for (int j = i + 1; j < count; j++) {
      Insn insn = insns[j];
      switch (insn.operation) {
        case JCC -> {
          if (j < count - 1) {
            if (!whole || !readsHostFlags(insn, recipe)) {
              return false;
            }
            branchReplaces[j] = holds && successors.replaceFlags(targets[j], recipe);
            continue; // passed
          }
          return whole && branch(insn, recipe, holds, target, end, successors);
        }
        case JMP -> {
          if (j < count - 1) {
            continue; // followed
          }
          targetReplaces = holds && successors.replaceFlags(target, recipe);
          return targetReplaces || whole;
        }
        case CALL -> {
          if (!holds) {
            return false; // it may leave before it has pushed anything
          }
          holds = (InsnEffects.changes(insn) & recipe.registers()) == 0;
          if (j < count - 1) {
            whole = false;
            continue;
          }
          targetReplaces = holds && successors.replaceFlags(target, recipe);
          return targetReplaces;
        }
        default -> {}
      }
      if (insn.form.has(Attribute.ENDS_BLOCK) || insn.rep || insn.repne) {
        return false;
      }
      if (Templates.mayExit(insn)) {
        if (!holds) {
          return false;
        }
        whole = false;
      }
      int read = insn.form.flags().read();
      if (read != 0 && !(whole && readsHostFlags(insn, recipe))) {
        return false;
      }
      if (live[j] == 0 && InsnEffects.rotatesBits(insn)) {
        return true; // what it leaves of them is replaced, too
      }
      if (!InsnEffects.keepsFlags(insn)) {
        return steps(insn)
            ? whole && !InsnEffects.highBytes(insn) || (live[j] & Eflags.CF) == 0
            : InsnEffects.replacesFlags(insn);
      }
      whole &= InsnEffects.keepsHostFlags(insn);
      holds &= (InsnEffects.changes(insn) & recipe.registers()) == 0;
    }
    endReplaces = holds && successors.replaceFlags(end, recipe);
    return endReplaces || whole;
  }

  private boolean branch(
      Insn insn, FlagRecipe recipe, boolean holds, int target, int end, Successors successors) {
    if (!readsHostFlags(insn, recipe)) {
      return false;
    }
    targetReplaces = holds && successors.replaceFlags(target, recipe);
    endReplaces = holds && successors.replaceFlags(end, recipe);
    return true;
  }

  /** INC and DEC: what they leave of the flags is CF. */
  private static boolean steps(Insn i) {
    return switch (i.operation) {
      case INC, DEC -> true;
      default -> false;
    };
  }

  /** Whether an instruction can do with the host's flags as they are after that of a recipe. */
  private static boolean readsHostFlags(Insn i, FlagRecipe recipe) {
    return switch (i.operation) {
      case JCC, SETCC, CMOVCC -> !recipe.partial() || !FlagState.withOverflow(i.condition);
      case ADC, SBB -> !InsnEffects.highBytes(i);
      default -> false;
    };
  }
}
