package org.trampoline.emulator.oracle;

import static org.trampoline.emulator.oracle.UnicornRegister.CR0;
import static org.trampoline.emulator.oracle.UnicornRegister.CR2;
import static org.trampoline.emulator.oracle.UnicornRegister.CR3;
import static org.trampoline.emulator.oracle.UnicornRegister.CR4;
import static org.trampoline.emulator.oracle.UnicornRegister.CS;
import static org.trampoline.emulator.oracle.UnicornRegister.DR6;
import static org.trampoline.emulator.oracle.UnicornRegister.DR7;
import static org.trampoline.emulator.oracle.UnicornRegister.DS;
import static org.trampoline.emulator.oracle.UnicornRegister.EAX;
import static org.trampoline.emulator.oracle.UnicornRegister.EBP;
import static org.trampoline.emulator.oracle.UnicornRegister.EBX;
import static org.trampoline.emulator.oracle.UnicornRegister.ECX;
import static org.trampoline.emulator.oracle.UnicornRegister.EDI;
import static org.trampoline.emulator.oracle.UnicornRegister.EDX;
import static org.trampoline.emulator.oracle.UnicornRegister.EFLAGS;
import static org.trampoline.emulator.oracle.UnicornRegister.EIP;
import static org.trampoline.emulator.oracle.UnicornRegister.ES;
import static org.trampoline.emulator.oracle.UnicornRegister.ESI;
import static org.trampoline.emulator.oracle.UnicornRegister.ESP;
import static org.trampoline.emulator.oracle.UnicornRegister.FPCW;
import static org.trampoline.emulator.oracle.UnicornRegister.FPSW;
import static org.trampoline.emulator.oracle.UnicornRegister.FPTAG;
import static org.trampoline.emulator.oracle.UnicornRegister.FS;
import static org.trampoline.emulator.oracle.UnicornRegister.GS;
import static org.trampoline.emulator.oracle.UnicornRegister.MXCSR;
import static org.trampoline.emulator.oracle.UnicornRegister.SS;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.execute.x87.Fpu;

/**
 * Brings a Unicorn CPU into the state after RESET (SDM vol. 3, 10.1.1 and table 10-1), which it is
 * not in when new.
 */
final class UnicornReset {
  /** Where the descriptor lies for a moment; any mapped place would do. */
  private static final int SCRATCH = 0;

  private static final UnicornRegister[] ZERO = {EAX, EBX, ECX, ESI, EDI, EBP, ESP, CR2, CR3, CR4};
  private static final UnicornRegister[] DATA_SEGMENTS = {ES, SS, DS, FS, GS};

  private UnicornReset() {}

  /**
   * @param engine with memory mapped at physical 0, which is left as it was
   * @param signature what EDX holds after reset: family, model, stepping
   */
  static void reset(Unicorn engine, int signature) {
    // Real mode cannot load a code segment with base 0xffff0000, nor can the API: load it in
    // protected mode through a descriptor, then switch protection off, which keeps hidden parts.
    engine.set(CR0, 0x11);
    load(engine, CS, 0xf000, 0x0000_ffff, 0xff00_9bff);
    engine.set(CR0, 0x6000_0010);
    for (UnicornRegister segment : DATA_SEGMENTS) {
      engine.set(segment, 0); // base 0, limit 0xffff
    }
    engine.gdtr(DescriptorRegister.table(0, 0xffff));
    engine.idtr(DescriptorRegister.table(0, 0xffff));
    engine.ldtr(new DescriptorRegister(0, 0, 0xffff, 0x8200));
    engine.tr(new DescriptorRegister(0, 0, 0xffff, 0x8b00));
    for (UnicornRegister register : ZERO) {
      engine.set(register, 0);
    }
    engine.set(EDX, signature);
    engine.set(EIP, 0xfff0);
    engine.set(EFLAGS, 2);
    engine.set(DR6, 0xffff_0ff0L);
    engine.set(DR7, 0x400);
    engine.set(FPCW, 0x40);
    engine.set(FPSW, 0);
    engine.set(FPTAG, 0x5555);
    engine.set(MXCSR, 0x1f80);
  }

  /** Protected mode without paging, flat 32-bit segments with Linux's selectors, CPL 0, and SSE. */
  static void flatProtectedMode(Unicorn engine) {
    DescriptorRegister gdt = engine.gdtr();
    engine.set(CR0, engine.get(CR0) & ~(Control.CR0_CD | Control.CR0_NW) | Control.CR0_PE);
    load(engine, CS, 0x60, 0x0000_ffff, 0x00cf_9b00);
    for (UnicornRegister segment : DATA_SEGMENTS) {
      load(engine, segment, 0x68, 0x0000_ffff, 0x00cf_9300);
    }
    engine.gdtr(gdt);
    engine.set(CR4, engine.get(CR4) | Control.CR4_OSFXSR | Control.CR4_OSXMMEXCPT);
    engine.set(FPCW, Fpu.INITIAL_CONTROL);
    engine.set(FPTAG, 0xffff);
  }

  /** Loads a segment register through a descriptor that is in no table of the guest's. */
  private static void load(
      Unicorn engine, UnicornRegister segment, int selector, int low, int high) {
    byte[] covered = engine.read(SCRATCH, 8);
    engine.writeInt(SCRATCH, low);
    engine.writeInt(SCRATCH + 4, high);
    engine.gdtr(DescriptorRegister.table(SCRATCH - selector, 0xffff));
    engine.set(segment, selector);
    engine.write(SCRATCH, covered);
  }
}
