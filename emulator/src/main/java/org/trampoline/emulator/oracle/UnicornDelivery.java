package org.trampoline.emulator.oracle;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.trampoline.emulator.oracle.UnicornRegister.CR0;
import static org.trampoline.emulator.oracle.UnicornRegister.CR3;
import static org.trampoline.emulator.oracle.UnicornRegister.CR4;
import static org.trampoline.emulator.oracle.UnicornRegister.CS;
import static org.trampoline.emulator.oracle.UnicornRegister.EFLAGS;
import static org.trampoline.emulator.oracle.UnicornRegister.EIP;
import static org.trampoline.emulator.oracle.UnicornRegister.ESP;
import static org.trampoline.emulator.oracle.UnicornRegister.SS;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.engine.GuestPages;
import org.trampoline.emulator.fault.Vector;

/**
 * Delivers exceptions and software interrupts for Unicorn, which does not: 32-bit interrupt and
 * trap gates of protected mode, to the same or to an inner privilege level (SDM vol. 3, 6.12.1).
 * Written apart from our own machine's delivery, from the manual, so that the two check each other.
 */
final class UnicornDelivery {
  private static final int INTERRUPT_GATE = 0xe;
  private static final int TRAP_GATE = 0xf;
  private static final int ACCESSED = 1 << 8;
  private static final int CONFORMING = 1 << 10;
  private static final int CODE = 1 << 11;
  private static final int NOT_SYSTEM = 1 << 12;
  private static final int PRESENT = 1 << 15;
  private static final int BIG = 1 << 22;
  private static final int GRANULARITY = 1 << 23;

  /** Offset of esp0 and ss0 in a 32-bit TSS (SDM vol. 3, figure 7-2). */
  private static final int TSS_STACK = 4;

  /** Told of every doubleword delivery stores. */
  @FunctionalInterface
  interface Stores {
    void stored(int physical, int value);
  }

  /** Leaves a delivery that cannot be completed; thrown and caught in this class. */
  private static final class Impossible extends Exception {
    private static final long serialVersionUID = 1L;

    Impossible() {
      super(null, null, false, false);
    }
  }

  private final Unicorn unicorn;
  private final MemorySegment ram;
  private final GuestPages pages;
  private final Stores stores;

  UnicornDelivery(Unicorn unicorn, MemorySegment ram, Stores stores) {
    this.unicorn = unicorn;
    this.ram = ram;
    this.stores = stores;
    pages = new GuestPages(ram);
  }

  /**
   * Whether the gate's privilege level lets a software interrupt pass from the current one (SDM
   * vol. 3, 6.12.1.1).
   */
  boolean allowsSoftware(int vector) {
    useControlRegisters();
    try {
      return (get(CS) & 3) <= (load(gate(vector) + 4) >> 13 & 3);
    } catch (Impossible e) {
      return true; // and enter() will say that it cannot be delivered
    }
  }

  /**
   * Enters the guest's handler. At the call eip is that of the faulting instruction or, after a
   * software interrupt or a trap, of the next.
   *
   * @return false if that is not possible, and nothing has then changed
   */
  boolean deliver(int vector, int errorCode, boolean software) {
    useControlRegisters();
    try {
      enter(vector, errorCode, software);
      return true;
    } catch (Impossible e) {
      return false;
    }
  }

  private void enter(int vector, int errorCode, boolean software) throws Impossible {
    int cr0 = get(CR0);
    int flags = get(EFLAGS);
    int oldCs = get(CS);
    demand((cr0 & Control.CR0_PE) != 0 && (flags & Eflags.VM) == 0);
    int gate = gate(vector);
    int attributes = load(gate + 4);
    int type = attributes >> 8 & 0x1f;
    demand((type == INTERRUPT_GATE || type == TRAP_GATE) && (attributes & PRESENT) != 0);
    int selector = load(gate) >>> 16;
    int offset = attributes & 0xffff_0000 | load(gate) & 0xffff;
    int descriptor = descriptor(selector);
    int code = load(descriptor + 4);
    demand((code & (PRESENT | NOT_SYSTEM | CODE)) == (PRESENT | NOT_SYSTEM | CODE));
    demand((code & CONFORMING) == 0 && (code >> 13 & 3) == 0); // only handlers in ring 0 are done

    boolean inner = (oldCs & 3) != 0;
    int ss = get(SS);
    int esp = get(ESP);
    int[] frame = {ss, esp, flags, oldCs, get(EIP), errorCode};
    boolean fault = !software && vector != Vector.DB; // Unicorn raises #DB as a trap only
    if (fault) {
      frame[2] |= Eflags.RF; // SDM vol. 3, 17.3.1.1
    }
    if (inner) {
      DescriptorRegister tss = unicorn.tr();
      demand((tss.attributes() >> 8 & 0xd) == 9); // 32-bit TSS, available or busy
      esp = load(tss.base() + TSS_STACK);
      ss = load(tss.base() + TSS_STACK + 4) & 0xffff;
    }
    int stack = descriptor(ss);
    demand((load(stack + 4) & BIG) != 0);
    int base = base(stack);
    int first = inner ? 0 : 2;
    int end = fault && Vector.hasErrorCode(vector) ? frame.length : frame.length - 1;
    for (int i = first; i < end; i++) { // all faults before the first store
      int word = base + esp - 4 * (i - first + 1);
      demand(pages.writable(word) != GuestPages.NOWHERE);
      demand(pages.writable(word + 3) != GuestPages.NOWHERE);
    }
    for (int i = first; i < end; i++) {
      esp -= 4;
      store(base + esp, frame[i]);
    }
    if ((code & ACCESSED) == 0) {
      store(descriptor + 4, code | ACCESSED);
    }
    if (inner) {
      becomeSupervisor(cr0);
    }
    set(CS, selector & ~3);
    if (inner) {
      set(SS, ss);
    }
    set(ESP, esp);
    set(EIP, offset);
    int cleared = Eflags.TF | Eflags.NT | Eflags.VM | Eflags.RF;
    set(EFLAGS, flags & ~(type == INTERRUPT_GATE ? cleared | Eflags.IF : cleared));
  }

  private void useControlRegisters() {
    pages.control(get(CR0), get(CR3), get(CR4));
  }

  /**
   * Makes CPL 0. Unicorn refuses a more privileged CS or SS, as the guest's own loads would be, but
   * a load of SS in real mode makes CPL 0.
   */
  private void becomeSupervisor(int cr0) {
    set(CR0, cr0 & ~(Control.CR0_PE | Control.CR0_PG));
    set(SS, 0);
    set(CR0, cr0);
  }

  /** Linear address of a gate in the IDT. */
  private int gate(int vector) throws Impossible {
    DescriptorRegister idt = unicorn.idtr();
    demand(8 * vector + 7 <= idt.limit());
    return idt.base() + 8 * vector;
  }

  /** Linear address of a descriptor in the GDT. */
  private int descriptor(int selector) throws Impossible {
    DescriptorRegister gdt = unicorn.gdtr();
    int index = selector & 0xfff8;
    demand(index != 0 && (selector & 4) == 0 && index + 7 <= gdt.limit());
    return gdt.base() + index;
  }

  private int base(int descriptor) throws Impossible {
    int high = load(descriptor + 4);
    return load(descriptor) >>> 16 | (high & 0xff) << 16 | high & 0xff00_0000;
  }

  /**
   * Loads LDTR or TR from the GDT as {@code lldt} and {@code ltr} do.
   *
   * @throws IllegalArgumentException if the selector has no descriptor there
   */
  void loadSystemSegment(boolean task, int selector) {
    useControlRegisters();
    try {
      DescriptorRegister value = new DescriptorRegister(selector, 0, 0, 0);
      if ((selector & 0xfff8) != 0) {
        int descriptor = descriptor(selector);
        int high = load(descriptor + 4);
        int limit = high & 0xf0000 | load(descriptor) & 0xffff;
        boolean pages = (high & GRANULARITY) != 0;
        value =
            new DescriptorRegister(
                selector,
                base(descriptor),
                pages ? limit << 12 | 0xfff : limit,
                high & 0x00f0_ff00);
      }
      if (task) {
        unicorn.tr(value);
      } else {
        unicorn.ldtr(value);
      }
    } catch (Impossible e) {
      throw new IllegalArgumentException("no descriptor 0x%x in the GDT".formatted(selector), e);
    }
  }

  /** Linear address of eip, with CS's base from its descriptor as it is now. */
  int linearEip() {
    int eip = get(EIP);
    int cs = get(CS);
    if ((get(CR0) & Control.CR0_PE) == 0 || (get(EFLAGS) & Eflags.VM) != 0) {
      return (cs << 4) + eip;
    }
    useControlRegisters();
    try {
      return base(descriptor(cs)) + eip;
    } catch (Impossible e) {
      return eip; // as after flatProtectedMode, which has no table
    }
  }

  /** CS.D, from the descriptor as it is now: Unicorn does not show the hidden part. */
  boolean code32() {
    if ((get(CR0) & Control.CR0_PE) == 0 || (get(EFLAGS) & Eflags.VM) != 0) {
      return false;
    }
    useControlRegisters();
    try {
      return (load(descriptor(get(CS)) + 4) & BIG) != 0;
    } catch (Impossible e) {
      return true; // as after flatProtectedMode, which has no table
    }
  }

  private int load(int linear) throws Impossible {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      long address = pages.physical(linear + i);
      demand(address != GuestPages.NOWHERE);
      pages.touch(false);
      value |= (ram.get(JAVA_BYTE, address) & 0xff) << 8 * i;
    }
    return value;
  }

  private void store(int linear, int value) throws Impossible {
    long address = pages.writable(linear);
    demand(address != GuestPages.NOWHERE);
    pages.touch(true);
    if ((linear & 0xfff) <= 0xffc) {
      ram.set(JAVA_INT_UNALIGNED, address, value);
    } else {
      for (int i = 0; i < 4; i++) {
        long at = pages.writable(linear + i);
        demand(at != GuestPages.NOWHERE);
        pages.touch(true);
        ram.set(JAVA_BYTE, at, (byte) (value >> 8 * i));
      }
    }
    stores.stored((int) address, value);
  }

  private int get(UnicornRegister register) {
    return (int) unicorn.get(register);
  }

  private void set(UnicornRegister register, int value) {
    unicorn.set(register, Integer.toUnsignedLong(value));
  }

  private static void demand(boolean condition) throws Impossible {
    if (!condition) {
      throw new Impossible();
    }
  }
}
