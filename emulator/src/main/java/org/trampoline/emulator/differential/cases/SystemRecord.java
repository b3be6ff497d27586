package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.memory.Host;

/**
 * What a record of mode SYSTEM holds behind its image: the registers of the system, a doubleword
 * each, and what else only ring 0 can change.
 */
final class SystemRecord {
  static final int START = CaseRecord.FX + CaseRecord.FX_USED;

  static final int CR0 = START;
  static final int CR2 = START + 4;
  static final int CR3 = START + 8;
  static final int CR4 = START + 12;
  static final int LDTR = START + 16;
  static final int TR = START + 20;
  static final int GDTR_LIMIT = START + 24;
  static final int GDTR_BASE = START + 28;
  static final int IDTR_LIMIT = START + 32;
  static final int IDTR_BASE = START + 36;

  /** DR0 to DR3, DR6, DR7. */
  static final int DEBUG = START + 40;

  static final int DEBUG_REGISTERS = 6;

  /** IA32_SYSENTER_CS, _ESP and _EIP. */
  static final int MSR = START + 64;

  static final int MSRS = 3;

  /** In a result: a sum of all descriptors in memory, whose accessed and busy bits may change. */
  static final int DESCRIPTORS = START + 76;

  /** In a result: a number made of all accesses to ports. */
  static final int PORTS = START + 80;

  /** In a result: whether the processor has halted by the instruction itself. */
  static final int HALTED = START + 84;

  static final int END = START + 88;

  private static final String[] NAMES = {
    "cr0",
    "cr2",
    "cr3",
    "cr4",
    "ldtr",
    "tr",
    "gdtr.limit",
    "gdtr.base",
    "idtr.limit",
    "idtr.base",
    "dr0",
    "dr1",
    "dr2",
    "dr3",
    "dr6",
    "dr7",
    "sysenter_cs",
    "sysenter_esp",
    "sysenter_eip",
    "descriptors",
    "ports",
    "halted"
  };

  /** CR0 as cases find it if nothing else is chosen. */
  static final int USUAL_CR0 =
      Control.CR0_PG
          | Control.CR0_AM
          | Control.CR0_WP
          | Control.CR0_NE
          | Control.CR0_ET
          | Control.CR0_MP
          | Control.CR0_PE;

  static final int USUAL_CR4 = Control.CR4_OSFXSR | Control.CR4_OSXMMEXCPT;

  private static final int[] USUAL = {
    USUAL_CR0,
    0,
    EngineWorld.DIRECTORY,
    USUAL_CR4,
    SystemWorld.LDT_SELECTOR,
    SystemWorld.TSS_SELECTOR,
    SystemWorld.GDT_LIMIT,
    EngineWorld.GDT,
    SystemWorld.IDT_LIMIT,
    EngineWorld.IDT,
    0,
    0,
    0,
    0,
    0xffff_0ff0,
    0x400,
    SystemWorld.KERNEL_CODE,
    0,
    0,
    0,
    0,
    0
  };

  private SystemRecord() {}

  /** Fills in what every case starts with. */
  static void start(long record) {
    for (int i = 0; i < USUAL.length; i++) {
      Host.put32(record + START + 4L * i, USUAL[i]);
    }
  }

  /** The usual value of the doubleword at that offset. */
  static int usual(int offset) {
    return USUAL[(offset - START) >> 2];
  }

  /** The name of the doubleword at that offset. */
  static String name(int offset) {
    return NAMES[(offset - START) >> 2];
  }

  /** What a doubleword is in the list of {@link StateField}s. */
  static StateField field(int offset) {
    if (offset == CR2) {
      return StateField.CR2;
    } else if (offset <= CR4) {
      return StateField.CONTROL;
    } else if (offset < DEBUG) {
      return StateField.TABLES;
    } else if (offset < MSR) {
      return StateField.DEBUG;
    } else if (offset < DESCRIPTORS) {
      return StateField.MSR;
    }
    return switch (offset) {
      case DESCRIPTORS -> StateField.DESCRIPTORS;
      case PORTS -> StateField.PORTS;
      default -> StateField.HALTED;
    };
  }

  /** Whether two results differ in it. */
  static boolean differs(long a, long b) {
    long difference = 0;
    for (int offset = START; offset < END; offset += 8) {
      difference |= Host.get64(a + offset) ^ Host.get64(b + offset);
    }
    return difference != 0;
  }
}
