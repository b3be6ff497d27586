package org.trampoline.emulator.differential.cases;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operand;
import org.trampoline.emulator.decode.Operation;

/**
 * The instructions of a sequence, with their branches by the instruction they lead to, so that some
 * can be left out and the rest still belongs together. Knows which status flags the manual leaves
 * undefined where. Immutable.
 */
public final class CaseProgram {
  /** Leads nowhere within the program. */
  static final int NOWHERE = -1;

  /**
   * An instruction.
   *
   * @param target index of the instruction that a direct branch leads to, or whose address is the
   *     immediate; the number of instructions for the {@code int3} behind the last; else NOWHERE
   */
  public record Item(Insn insn, byte[] bytes, int target) {
    /** A copy with another target. */
    Item withTarget(int other) {
      return new Item(insn, bytes, other);
    }

    private boolean relative() {
      Operand last = insn.form.operands().isEmpty() ? null : insn.form.operands().getLast();
      return last == Operand.REL8 || last == Operand.REL32;
    }
  }

  private final List<Item> items;
  private final int[] offsets;
  private final int[] undefined;

  CaseProgram(List<Item> items) {
    this.items = List.copyOf(items);
    offsets = new int[items.size() + 1];
    for (int i = 0; i < items.size(); i++) {
      offsets[i + 1] = offsets[i] + items.get(i).bytes.length;
    }
    undefined = undefinedFlags();
  }

  /**
   * The program that bytes at a linear address are.
   *
   * @param at where they lie
   */
  static CaseProgram decode(Decoder decoder, byte[] code, int at) {
    List<Item> items = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    for (int offset = 0; offset < code.length; ) {
      int from = offset;
      Insn insn = decoder.decode(k -> from + k < code.length ? code[from + k] & 0xff : 0xcc, true);
      int end = Math.min(from + insn.length, code.length);
      items.add(new Item(insn, Arrays.copyOfRange(code, from, end), NOWHERE));
      starts.add(from);
      offset = end;
    }
    starts.add(code.length);
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      int goal = starts.get(i + 1) + item.insn.imm;
      if (!item.relative()) {
        goal = namesAddress(item.insn) ? item.insn.imm - at : NOWHERE;
      }
      items.set(i, item.withTarget(starts.indexOf(goal)));
    }
    return new CaseProgram(items);
  }

  /** Whether its last four bytes are an immediate that may be the address of an instruction. */
  static boolean namesAddress(Insn insn) {
    boolean moves = insn.operation == Operation.MOV && insn.kind0 == Insn.REG;
    return (moves || insn.operation == Operation.PUSH)
        && insn.operandSize == 4
        && (insn.kind0 == Insn.IMM ? insn.size0 : insn.kind1 == Insn.IMM ? insn.size1 : 0) == 4;
  }

  /**
   * Its bytes for a linear address.
   *
   * @return null if a branch does not reach its target
   */
  byte[] code(int at) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      byte[] bytes = item.bytes.clone();
      if (item.target != NOWHERE) {
        boolean relative = item.relative();
        int value = offsets[item.target] + (relative ? -offsets[i + 1] : at);
        int width = relative && item.insn.form.operands().getLast() == Operand.REL8 ? 1 : 4;
        if (width == 1 && value != (byte) value) {
          return null;
        }
        for (int k = 0; k < width; k++) {
          bytes[bytes.length - width + k] = (byte) (value >> 8 * k);
        }
      }
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  /** The instructions. */
  public List<Item> items() {
    return items;
  }

  /** Offset of an instruction from the program's start. */
  public int offset(int index) {
    return offsets[index];
  }

  /** Bytes of all. */
  int length() {
    return offsets[items.size()];
  }

  /** Which instruction begins there; -1 if none does. */
  int indexAt(int offset) {
    int index = Arrays.binarySearch(offsets, offset);
    return index < 0 || index >= items.size() ? -1 : index;
  }

  /** The program without one of its instructions; branches to it lead to the next. */
  CaseProgram without(int index) {
    List<Item> rest = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (i != index) {
        Item item = items.get(i);
        rest.add(item.target > index ? item.withTarget(item.target - 1) : item);
      }
    }
    return new CaseProgram(rest);
  }

  // ---- undefined flags

  /**
   * Status flags that are undefined when execution is at an offset, one way or another; where no
   * instruction begins those that any leaves so.
   */
  int undefinedAt(int offset) {
    int index = Arrays.binarySearch(offsets, offset);
    if (index >= 0) {
      return undefined[index];
    }
    int somewhere = 0;
    for (int i = 0; i < items.size(); i++) {
      somewhere |= undefinedAfter(items.get(i).insn, undefined[i]);
    }
    return somewhere;
  }

  /** Whether no instruction depends on a flag that is undefined. */
  boolean isDefined() {
    for (int i = 0; i < items.size(); i++) {
      if ((items.get(i).insn.form.flags().read() & undefined[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  private int[] undefinedFlags() {
    int[] before = new int[items.size() + 1];
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = 0; i < items.size(); i++) {
        int after = undefinedAfter(items.get(i).insn, before[i]);
        for (int next : successors(i)) {
          changed |= (after & ~before[next]) != 0;
          before[next] |= after;
        }
      }
    }
    return before;
  }

  private List<Integer> successors(int index) {
    Item item = items.get(index);
    List<Integer> next = new ArrayList<>();
    switch (item.insn.operation) {
      case JMP, INT3, CALL -> {}
      case RET, CALL_INDIRECT, JMP_INDIRECT -> {
        for (int i = 0; i < items.size(); i++) {
          Item other = items.get(i);
          boolean call =
              other.insn.operation == Operation.CALL
                  || other.insn.operation == Operation.CALL_INDIRECT;
          if (call && item.insn.operation == Operation.RET) {
            next.add(i + 1);
          } else if (other.target != NOWHERE && !other.relative()) {
            next.add(other.target);
          }
        }
      }
      default -> next.add(index + 1);
    }
    if (item.target != NOWHERE && item.relative()) {
      next.add(item.target);
    }
    return next;
  }

  private static int undefinedAfter(Insn insn, int before) {
    if (!insn.form.has(Attribute.COUNT)) {
      return before & ~insn.form.flagsReplaced(insn) | insn.form.undefinedFlags(insn, 0);
    }
    boolean immediate = insn.kind1 == Insn.IMM || insn.kind2 == Insn.IMM;
    if (!immediate) { // whatever cl is
      int wide = insn.form.undefinedFlags(insn, 8 * insn.size0 & 31);
      return before | wide | insn.form.undefinedFlags(insn, 31);
    }
    int count = insn.imm & 31;
    int kept = count == 0 ? before : before & ~insn.form.flags().changed();
    return kept | insn.form.undefinedFlags(insn, count) & Eflags.STATUS;
  }
}
