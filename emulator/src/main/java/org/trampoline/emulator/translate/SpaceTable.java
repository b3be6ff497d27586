package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.NOT_EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.SHL;
import static org.trampoline.emulator.translate.HostOpcodes.SHR;

import java.util.Arrays;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.Retirements;
import org.trampoline.emulator.memory.SlotLimits;

/**
 * CR3 loads in translated code: a table tells which view of the translation maps a value of CR3
 * stands for, so that a change of address space is a load and a compare. What the MMU has to know
 * of it, it is told when translated code has been left ({@link #settle}).
 */
final class SpaceTable {
  /** 1 while a load only chooses a view. */
  static final int DIRECT = 0x700;

  private static final int CR3 = SystemState.CR3;

  /** Loads since translated code was entered, and those that chose another view. */
  private static final int LOADS = 0x708;

  private static final int CHANGES = 0x70c;

  /**
   * An entry for each page directory that CR3 can name: the value of CR3 in 8 bytes, 0 if the entry
   * is empty, then the host address of the supervisor's view. 16 MB, of which the host supplies
   * what is used.
   */
  static final int TABLE = SegmentState.TABLE + SegmentState.BYTES;

  private static final int ENTRIES = 1 << 20;
  private static final int ENTRY_SHIFT = 4;
  private static final int TABLE_BYTES = ENTRIES << ENTRY_SHIFT;

  /** For debug mode: the number of views that may be in the table, 8 bytes, and what they are. */
  static final int VIEWS = TABLE + TABLE_BYTES;

  static final int BYTES = TABLE_BYTES + 8 + 8 * SlotLimits.MOST_SLOTS;
  private static final int PAGE_SHIFT = 12;

  private final long state;
  private final boolean checked;
  private long epoch = -1;

  /** The retirements that are known here. */
  private long retirements;

  /** The entries in use, some perhaps twice, some no longer. */
  private int[] used = new int[16];

  private int count;

  /**
   * @param checked debug mode, see {@link AddressChecks}
   */
  SpaceTable(long state, boolean checked) {
    this.state = state;
    this.checked = checked;
    forget(0);
  }

  private long entry(int number) {
    return state + TABLE + ((long) number << ENTRY_SHIFT);
  }

  private void forget(int number) {
    Host.put64(entry(number), number == 0 ? 1L << PAGE_SHIFT : 0); // what belongs elsewhere
  }

  private void forget() {
    while (count > 0) {
      forget(used[--count]);
    }
  }

  private void note(int number) {
    if (count == ENTRIES) {
      forget();
    }
    if (count == used.length) {
      used = Arrays.copyOf(used, 2 * count);
    }
    used[count++] = number;
  }

  /** Before translated code is entered, and again when Java has changed what it relies on. */
  void prepare(Cpu c) {
    Retirements retired = c.memory.retirements();
    if (epoch != c.mmu.spaceEpoch() || !retired.knowsSince(retirements)) {
      epoch = c.mmu.spaceEpoch();
      forget();
    } else {
      for (long n = retirements; n < retired.count(); n++) {
        forget(retired.frame(n) & ENTRIES - 1);
      }
    }
    retirements = retired.count();
    Host.put32(state + DIRECT, c.mmu.loadsCr3Directly() ? 1 : 0);
  }

  /** After the semantics have loaded CR3. */
  void remember(Cpu c) {
    prepare(c);
    if (Host.get32(state + DIRECT) != 0 && c.cpl == 0) {
      int number = c.cr3 >>> PAGE_SHIFT;
      long at = entry(number);
      if (Host.get64(at) >>> PAGE_SHIFT != number || number == 0) {
        note(number);
      }
      Host.put64(at, c.cr3 & 0xffff_ffffL);
      Host.put64(at + 8, c.mmu.map());
      if (checked) {
        know(c.mmu.map());
      }
    }
  }

  private void know(long view) {
    int views = Host.get32(state + VIEWS);
    long first = state + VIEWS + 8;
    for (int n = 0; n < views; n++) {
      if (Host.get64(first + 8L * n) == view) {
        return;
      }
    }
    Host.put64(first + 8L * views, view);
    Host.put32(state + VIEWS, views + 1);
  }

  /** Tells the processor of the loads that translated code has done. */
  void settle(Cpu c) {
    int loads = Host.get32(state + LOADS);
    if (loads != 0) {
      c.cr3 = Host.get32(state + CR3);
      c.mmu.cr3Loaded(c.cr3, loads, Host.get32(state + CHANGES));
      Host.put64(state + LOADS, 0);
    }
  }

  /** MOV CR3, r32. */
  static boolean load(Emission e, Insn i) {
    e.retryHere();
    HostAssembler a = e.hot;
    int source = HostRegisters.of(i.index1);
    int index = HostRegisters.ADDEND;
    int view = HostRegisters.ADDRESS;
    int base = HostRegisters.STATE;
    int stub = e.stub(Exit.SPACE, e.start(), e.index());
    a.memory(1, 0x80, 7, base, DIRECT);
    a.emit8(1);
    e.jumpIf(NOT_EQUAL, stub);
    a.memory(1, 0x80, 7, base, SystemState.CPL);
    a.emit8(0);
    e.jumpIf(NOT_EQUAL, stub);
    a.move(index, source);
    a.shift(4, SHR, index, PAGE_SHIFT);
    a.shift(4, SHL, index, ENTRY_SHIFT);
    a.memory(8, 0x3b, source, base, index, 0, TABLE);
    e.jumpIf(NOT_EQUAL, stub);
    a.memory(8, 0x8b, view, base, index, 0, TABLE + 8);
    e.checks.otherView();
    a.memory(4, 0xff, 0, base, LOADS);
    a.register(4, 0x31, index, index);
    a.register(8, 0x3b, view, HostRegisters.VIEW);
    a.setCondition(NOT_EQUAL, index);
    a.memory(4, 0x01, index, base, CHANGES);
    a.register(8, 0x8b, HostRegisters.VIEW, view);
    a.memory(8, 0x89, view, base, TranslatorState.VIEW);
    a.memory(4, 0x89, source, base, CR3);
    e.linkThroughMap();
    return true;
  }
}
