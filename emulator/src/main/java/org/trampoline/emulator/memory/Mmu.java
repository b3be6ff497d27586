package org.trampoline.emulator.memory;

import org.trampoline.emulator.fault.GuestFault;

/**
 * Linear-address accesses of one processor: paging (SDM vol. 3, chapter 4) in front of {@link
 * PhysicalMemory}.
 *
 * <p>The plain methods use the privilege of the running code ({@link #setUser}); those named {@code
 * …System} are the processor's own accesses to descriptor tables, task state and the stacks it
 * switches to, always supervisor. An access may cross a page boundary. Every method that accesses
 * memory
 *
 * <ul>
 *   <li>throws the CPU's {@link GuestFault} (#PF) before anything has changed, accessed and dirty
 *       bits included; of two pages that fault the lower one is reported, and a fault of the upper
 *       one carries the address of its first byte;
 *   <li>stops the machine where there is no memory, if {@link AbsentMemory} says so.
 * </ul>
 *
 * <p>Translations are always true to the page tables as they are in memory ({@link AddressSpaces});
 * stale ones, as hardware has them, appear only under an authoritative {@link TlbModel}.
 *
 * <p>The accessors' fast path is a probe of a {@link TranslationMap}; all else is behind it.
 */
public final class Mmu {
  /** Page-fault error code (SDM vol. 3, 4.7): 1 = protection violation, 0 = not present. */
  public static final int FAULT_PRESENT = 1;

  public static final int FAULT_WRITE = 2;
  public static final int FAULT_USER = 4;
  public static final int FAULT_RESERVED = 8;
  public static final int FAULT_FETCH = 16;

  private final PhysicalMemory memory;
  private final AddressSpaces spaces;
  private final SlowAccess slow;
  private final DataAccess data;
  private final PagingControl control;
  private boolean user;

  /** Host addresses of the views that the plain accesses and the system's probe. */
  private long map;

  private long systemMap;
  private long cr3Loads;
  private long invlpgs;
  private long switches;

  /** An MMU for processors with 36-bit physical addresses. */
  public Mmu(PhysicalMemory memory, GuestFault fault) {
    this(memory, fault, 36);
  }

  /**
   * @param physicalAddressBits 36, or 32 for processors without PSE-36: all the upper address bits
   *     of a 4 MB page's entry are reserved then
   */
  public Mmu(PhysicalMemory memory, GuestFault fault, int physicalAddressBits) {
    if (physicalAddressBits != 32 && physicalAddressBits != 36) {
      throw new IllegalArgumentException(
          physicalAddressBits + " physical address bits: expected 32 or 36");
    }
    this.memory = memory;
    spaces = memory.spaces();
    slow = new SlowAccess(memory, fault);
    data = new DataAccess(slow);
    control = new PagingControl(memory, fault, physicalAddressBits == 36);
    spaces.register(this);
    reenter();
  }

  // ---- control

  /**
   * Takes over CR0, CR3 and CR4 after one of them was written, and at reset.
   *
   * @throws GuestFault #GP(0), with nothing changed, if this loads the PDPTE registers of PAE
   *     paging and one has a reserved bit set (SDM vol. 3, 4.4.1)
   */
  public void setControl(int cr0, int cr3, int cr4) {
    boolean invalidatesAll = control.invalidatesAll(cr0, cr4);
    boolean newTables = control.set(cr0, cr3, cr4);
    if (slow.tlb != null) {
      if (invalidatesAll) {
        slow.tlb.flushAll();
      } else if (newTables) {
        slow.tlb.flush();
      }
      slow.tlb.globalPages(control.globalPages());
    }
    enter();
  }

  /**
   * A MOV to CR3 or a task switch that loads it: also drops the non-global translations of a {@link
   * TlbModel}.
   *
   * @throws GuestFault as {@link #setControl}
   */
  public void loadCr3(int cr3) {
    control.setCr3(cr3);
    cr3Loads++;
    if (slow.tlb != null) {
      slow.tlb.flush();
    }
    enter();
  }

  /**
   * What {@code loads} calls of {@link #loadCr3} have done, of which {@code changes} chose another
   * address space and the last one loaded {@code cr3}; without PAE and a {@link TlbModel}. For
   * engines that load CR3 by themselves, see {@link #spaceEpoch}.
   */
  public void cr3Loaded(int cr3, int loads, int changes) {
    control.setCr3(cr3);
    cr3Loads += loads;
    switches += changes;
    slow.space.users--;
    reenter();
  }

  /**
   * While this stays the same and {@link #loadsCr3Directly}, a CR3 load gives the {@link #map} that
   * it gave before, at the same privilege, and does nothing else; but see {@link
   * PhysicalMemory#retirements}.
   */
  public long spaceEpoch() {
    return spaces.epoch() << 8 ^ control.mode();
  }

  /** Whether a CR3 load only chooses an address space: no PDPTEs are loaded and nobody watches. */
  public boolean loadsCr3Directly() {
    return (control.mode() & PagingMode.PAE) == 0 && direct();
  }

  /** IA32_EFER.NXE was written: whether bit 63 of PAE entries forbids instruction fetches. */
  public void setNoExecute(boolean enabled) {
    control.setNoExecute(enabled);
    enter();
  }

  /** Emitted code has executed so many INVLPGs, without a {@link TlbModel}. */
  public void invalidated(long pages) {
    invlpgs += pages;
  }

  private void enter() {
    AddressSpace before = slow.space;
    before.users--;
    reenter();
    if (slow.space != before) {
      switches++;
    }
  }

  /** Finds the slot again after all were emptied. */
  void reenter() {
    slow.space = spaces.enter(control.mode(), control.directory());
    useMaps();
  }

  private void useMaps() {
    if (slow.tlb != null || slow.watcher != null) {
      map = systemMap = spaces.emptyView();
    } else {
      map = data.inspector != null ? spaces.emptyView() : slow.space.view(user);
      systemMap = slow.space.view(false);
    }
  }

  /** Shows the running code's data accesses to an inspector, which makes them slow; null: none. */
  public void inspect(AccessInspector inspector) {
    data.inspector = inspector;
    useMaps();
  }

  /** Shows every access to a watcher, which makes all of them slow; null stops that. */
  public void watch(AccessWatcher watcher) {
    slow.watcher = watcher;
    useMaps();
  }

  /** INVLPG. */
  public void invlpg(int linear) {
    invlpgs++;
    if (slow.tlb != null) {
      slow.tlb.invlpg(slow.space, linear);
    }
  }

  /** Whether the running code is at CPL 3. */
  public void setUser(boolean user) {
    this.user = user;
    useMaps();
  }

  /**
   * Puts a visible TLB in front of the page tables, empty at first, or takes it away (null). While
   * there is one, no access is served by the maps.
   */
  public void setTlb(TlbModel model) {
    slow.tlb = model;
    if (model != null) {
      model.reset(control.globalPages());
    }
    useMaps();
  }

  /** The visible TLB, or null. */
  public TlbModel tlb() {
    return slow.tlb;
  }

  /**
   * The {@link TranslationMap} view that accesses of the running code probe, as a host address.
   * Valid until the next call of {@link #setControl}, {@link #loadCr3}, {@link #setNoExecute} or
   * {@link #setUser} or {@link #setTlb}, or any access that was not served by the maps.
   */
  public long map() {
    return map;
  }

  // ---- accesses of the running code

  public int read8(int linear) {
    long addend = TranslationMap.addend(map, linear);
    if (addend != 0) {
      return Host.get8(TranslationMap.host(addend, linear));
    }
    return (int) data.read(linear, 1, user);
  }

  public int read16(int linear) {
    long addend = TranslationMap.addend(map, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xffe) {
      return Host.get16(TranslationMap.host(addend, linear));
    }
    return (int) data.read(linear, 2, user);
  }

  public int read32(int linear) {
    long addend = TranslationMap.addend(map, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xffc) {
      return Host.get32(TranslationMap.host(addend, linear));
    }
    return (int) data.read(linear, 4, user);
  }

  public long read64(int linear) {
    long addend = TranslationMap.addend(map, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xff8) {
      return Host.get64(TranslationMap.host(addend, linear));
    }
    return data.read(linear, 8, user);
  }

  public void write8(int linear, int value) {
    long addend = TranslationMap.addend(map + TranslationMap.WRITE, linear);
    if (addend != 0) {
      Host.put8(TranslationMap.host(addend, linear), value);
    } else {
      data.write(linear, 1, value, user);
    }
  }

  public void write16(int linear, int value) {
    long addend = TranslationMap.addend(map + TranslationMap.WRITE, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xffe) {
      Host.put16(TranslationMap.host(addend, linear), value);
    } else {
      data.write(linear, 2, value, user);
    }
  }

  public void write32(int linear, int value) {
    long addend = TranslationMap.addend(map + TranslationMap.WRITE, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xffc) {
      Host.put32(TranslationMap.host(addend, linear), value);
    } else {
      data.write(linear, 4, value, user);
    }
  }

  public void write64(int linear, long value) {
    long addend = TranslationMap.addend(map + TranslationMap.WRITE, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xff8) {
      Host.put64(TranslationMap.host(addend, linear), value);
    } else {
      data.write(linear, 8, value, user);
    }
  }

  /** Reads 16 bytes: bits 63:0 into {@code into[index]}, bits 127:64 into the next element. */
  public void read128(int linear, long[] into, int index) {
    long addend = TranslationMap.addend(map, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xff0) {
      long host = TranslationMap.host(addend, linear);
      into[index] = Host.get64(host);
      into[index + 1] = Host.get64(host + 8);
    } else {
      data.readWide(linear, 16, into, index, user);
    }
  }

  public void write128(int linear, long low, long high) {
    long addend = TranslationMap.addend(map + TranslationMap.WRITE, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xff0) {
      long host = TranslationMap.host(addend, linear);
      Host.put64(host, low);
      Host.put64(host + 8, high);
    } else {
      data.writeWide(linear, 16, low, high, user);
    }
  }

  /** Reads 10 bytes: bits 63:0 into {@code into[index]}, bits 79:64 into the next element. */
  public void read80(int linear, long[] into, int index) {
    data.readWide(linear, 10, into, index, user);
  }

  /** Writes 10 bytes, of {@code high} the lower 16 bits. */
  public void write80(int linear, long low, int high) {
    data.writeWide(linear, 10, low, high, user);
  }

  // ---- checks in advance

  /**
   * Faults now if reading {@code size} bytes (1–4096) at {@code linear} would; reads nothing and
   * sets no accessed bits.
   */
  public void probeRead(int linear, int size) {
    if (TranslationMap.addend(map, linear) == 0 || (linear & 0xfff) + size > 0x1000) {
      data.probe(linear, size, PageWalk.READ, user);
    }
  }

  /**
   * Faults now if writing {@code size} bytes (1–4096) at {@code linear} would; writes nothing and
   * sets neither accessed nor dirty bits.
   */
  public void probeWrite(int linear, int size) {
    if (TranslationMap.addend(map + TranslationMap.WRITE, linear) == 0
        || (linear & 0xfff) + size > 0x1000) {
      data.probe(linear, size, PageWalk.WRITE, user);
    }
  }

  /** As {@link #probeRead}, with supervisor privilege. */
  public void probeReadSystem(int linear, int size) {
    slow.probe(linear, size, PageWalk.READ, false);
  }

  /** As {@link #probeWrite}, with supervisor privilege. */
  public void probeWriteSystem(int linear, int size) {
    slow.probe(linear, size, PageWalk.WRITE, false);
  }

  // ---- host addresses

  /**
   * Host address of the byte that reading {@code linear} would give, good up to the end of its page
   * for reading until the next access that the maps do not serve; 0 where only {@link #read8} and
   * its like will do. Faults as a read.
   */
  public long readHost(int linear) {
    long addend = TranslationMap.addend(map, linear);
    if (addend != 0) {
      return TranslationMap.host(addend, linear);
    }
    return watched() ? 0 : slow.readableHost(linear, user);
  }

  /** Each access has to go through this class. */
  private boolean watched() {
    return slow.tlb != null || slow.watcher != null || data.inspector != null;
  }

  /** As {@link #readHost}, for writing: 0 for page tables, code, ROM, devices. Sets dirty bits. */
  public long writeHost(int linear) {
    long addend = TranslationMap.addend(map + TranslationMap.WRITE, linear);
    if (addend != 0) {
      return TranslationMap.host(addend, linear);
    }
    return watched() ? 0 : slow.writableHost(linear, user);
  }

  /**
   * Host address for reading and writing {@code size} (1–16) bytes now, or 0 if that takes more
   * than the maps: then the plain methods have to be used. It faults not, and changes nothing.
   */
  public long directHost(int linear, int size) {
    long addend = TranslationMap.addend(map + TranslationMap.WRITE, linear);
    return addend != 0 && (linear & 0xfff) <= 0x1000 - size
        ? TranslationMap.host(addend, linear)
        : 0;
  }

  /** Changes of page tables and of the memory map so far: what was known may be untrue since. */
  public long mapChanges() {
    return spaces.uses().stores + spaces.uses().replacements;
  }

  /** Whether the maps serve accesses at all; not under a TLB model, a watcher, an inspector. */
  public boolean direct() {
    return !watched();
  }

  /** Lets the map serve reads of the byte at {@code linear} if it can. */
  public Fill fillRead(int linear) {
    return fill(TranslationMap.READ, linear, PageWalk.READ);
  }

  /** As {@link #fillRead}, for writes. */
  public Fill fillWrite(int linear) {
    return fill(TranslationMap.WRITE, linear, PageWalk.WRITE);
  }

  private Fill fill(long kind, int linear, int access) {
    if (TranslationMap.addend(map + kind, linear) != 0) {
      return Fill.DONE;
    }
    if (watched()) {
      return Fill.REFUSED;
    }
    Fill touched = slow.touch(linear, access, user);
    if (touched != Fill.DONE) {
      return touched;
    }
    return TranslationMap.addend(map + kind, linear) != 0 ? Fill.DONE : Fill.REFUSED;
  }

  /**
   * Whether a write of up to 16 bytes within a page that {@link #fillWrite} has refused may be done
   * in place: it goes to RAM that holds code, but not in these lines.
   */
  public boolean besideCode(int linear) {
    long addend = TranslationMap.addend(map + TranslationMap.WRITE_BESIDE_CODE, linear);
    return addend != 0 && memory.isBesideCode(TranslationMap.host(addend, linear));
  }

  /**
   * Prepares a store of {@code bytes} bytes within a page that {@link #fillWrite} has just refused:
   * if the page is a page table in RAM and nothing else, what was derived from its entries there is
   * forgotten.
   *
   * @return the addend to store with, at once, before any other access; 0 if that must not be
   */
  public long announceTableStore(int linear, int bytes) {
    return watched() ? 0 : slow.announceTableStore(linear, bytes, user);
  }

  /**
   * Whether what {@link #fillRead} or {@link #fillWrite} has just refused is the registers of a
   * {@linkplain MmioDevice#selfContained self-contained} device.
   */
  public boolean isSelfContained(int linear) {
    return !watched() && slow.isSelfContained(linear);
  }

  /** Whether instruction fetches from a page are served by the maps, and how: its addend, or 0. */
  public long executeAddend(int linear) {
    return TranslationMap.addend(map + TranslationMap.EXECUTE, linear);
  }

  // ---- instruction fetch

  /**
   * Host address of the instruction byte at {@code linear}, good up to the end of its page; 0 where
   * code does not lie in memory and {@link #fetch8} has to be used. Faults as a fetch. Equal
   * addresses mean equal physical memory, so code may be cached by it; {@link
   * PhysicalMemory#physicalOf} tells the physical address, and the reverse is {@code
   * ram().address()} + physical.
   */
  public long codeHost(int linear) {
    long addend = TranslationMap.addend(map + TranslationMap.EXECUTE, linear);
    return addend != 0 ? TranslationMap.host(addend, linear) : slow.codeHost(linear, user);
  }

  /**
   * The instruction reference of a {@link TlbModel}: while there is one, an engine calls this
   * before it executes an instruction, with its linear address, and again with the first address of
   * the next page if the instruction continues there. It counts, faults, and gives what {@link
   * #codeHost} would; {@link #codeHost} and {@link #fetch8} themselves are not counted.
   */
  public long fetchReference(int linear) {
    return slow.fetchReference(linear, user);
  }

  /** An instruction byte, 0–255, wherever it comes from. */
  public int fetch8(int linear) {
    long addend = TranslationMap.addend(map + TranslationMap.EXECUTE, linear);
    return addend != 0 ? Host.get8(TranslationMap.host(addend, linear)) : slow.fetch8(linear, user);
  }

  // ---- for debuggers and tracers: nothing is changed, nothing faults

  /** Physical address of a linear one whatever the rights, or -1 where none is mapped. */
  public long translateForDebug(int linear) {
    return slow.peek(linear);
  }

  /** The byte at a linear address, 0–255, or -1 where there is no RAM or ROM. */
  public int peek8(int linear) {
    long physical = slow.peek(linear);
    long page = physical < 0 ? 0 : memory.hostFrame((int) (physical >>> 12));
    return page == 0 ? -1 : Host.get8(page + (linear & 0xfff));
  }

  // ---- accesses of the processor itself

  /** Host address for reading a byte as the supervisor if the maps serve it, else 0. */
  public long knownSystemHost(int linear) {
    long addend = TranslationMap.addend(systemMap, linear);
    return addend == 0 ? 0 : TranslationMap.host(addend, linear);
  }

  public int read8System(int linear) {
    long addend = TranslationMap.addend(systemMap, linear);
    if (addend != 0) {
      return Host.get8(TranslationMap.host(addend, linear));
    }
    return (int) slow.read(linear, 1, false);
  }

  public int read16System(int linear) {
    long addend = TranslationMap.addend(systemMap, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xffe) {
      return Host.get16(TranslationMap.host(addend, linear));
    }
    return (int) slow.read(linear, 2, false);
  }

  public int read32System(int linear) {
    long addend = TranslationMap.addend(systemMap, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xffc) {
      return Host.get32(TranslationMap.host(addend, linear));
    }
    return (int) slow.read(linear, 4, false);
  }

  public long read64System(int linear) {
    long addend = TranslationMap.addend(systemMap, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xff8) {
      return Host.get64(TranslationMap.host(addend, linear));
    }
    return slow.read(linear, 8, false);
  }

  public void write8System(int linear, int value) {
    long addend = TranslationMap.addend(systemMap + TranslationMap.WRITE, linear);
    if (addend != 0) {
      Host.put8(TranslationMap.host(addend, linear), value);
    } else {
      slow.write(linear, 1, value, false);
    }
  }

  public void write16System(int linear, int value) {
    long addend = TranslationMap.addend(systemMap + TranslationMap.WRITE, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xffe) {
      Host.put16(TranslationMap.host(addend, linear), value);
    } else {
      slow.write(linear, 2, value, false);
    }
  }

  public void write32System(int linear, int value) {
    long addend = TranslationMap.addend(systemMap + TranslationMap.WRITE, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xffc) {
      Host.put32(TranslationMap.host(addend, linear), value);
    } else {
      slow.write(linear, 4, value, false);
    }
  }

  public void write64System(int linear, long value) {
    long addend = TranslationMap.addend(systemMap + TranslationMap.WRITE, linear);
    if (addend != 0 && (linear & 0xfff) <= 0xff8) {
      Host.put64(TranslationMap.host(addend, linear), value);
    } else {
      slow.write(linear, 8, value, false);
    }
  }

  /** Counters since the machine was made. */
  public MmuStatistics statistics() {
    return new MmuStatistics(
        slow.walks,
        cr3Loads,
        invlpgs,
        switches,
        spaces.slots().recycled(),
        spaces.slots().live(),
        spaces.uses().stores,
        spaces.uses().demotions);
  }
}
