package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.memory.Host;

/** Chooses what cases in ring 0 start with beyond those of ring 3. */
final class SystemStates {
  /** Selectors of every kind. */
  private static final int[] SELECTORS = {
    0,
    3,
    SystemWorld.KERNEL_DATA,
    SystemWorld.KERNEL_DATA,
    SystemWorld.KERNEL_CODE,
    SystemWorld.DATA_UNTOUCHED,
    SystemWorld.DATA_READ_ONLY,
    SystemWorld.DATA_ABSENT,
    SystemWorld.DATA_EXPAND_DOWN,
    SystemWorld.CODE_EXECUTE_ONLY,
    SystemWorld.CODE_UNTOUCHED,
    SystemWorld.CODE_CONFORMING,
    SystemWorld.CODE_16,
    SystemWorld.CODE_ABSENT,
    SystemWorld.TSS_FREE,
    SystemWorld.TSS_FREE,
    SystemWorld.TSS_BUSY,
    SystemWorld.TSS_16,
    SystemWorld.TSS_ABSENT,
    SystemWorld.LDT_OTHER,
    SystemWorld.LDT_OTHER,
    SystemWorld.LDT_ABSENT,
    SystemWorld.CALL_GATE,
    SystemWorld.CALL_GATE_16,
    SystemWorld.CALL_GATE_ABSENT,
    SystemWorld.TASK_GATE,
    SystemWorld.INTERRUPT_GATE,
    SystemWorld.USER_DATA_UNTOUCHED,
    SystemWorld.USER_CODE_CONFORMING,
    SystemWorld.STACK_16,
    SystemWorld.NOTHING,
    SystemWorld.BEYOND,
    CaseWorld.USER_DATA,
    CaseWorld.USER_CODE,
    CaseWorld.FS,
    CaseWorld.SMALL,
    CaseWorld.NOT_PRESENT,
    CaseWorld.READ_ONLY_DATA,
    CaseWorld.CODE_READABLE,
    CaseWorld.CODE_16
  };

  private static final int[] CODE_SELECTORS = {
    SystemWorld.KERNEL_CODE,
    SystemWorld.KERNEL_CODE,
    SystemWorld.KERNEL_CODE,
    SystemWorld.CODE_EXECUTE_ONLY,
    SystemWorld.CODE_UNTOUCHED,
    SystemWorld.CODE_CONFORMING,
    SystemWorld.CODE_16,
    SystemWorld.CODE_ABSENT,
    SystemWorld.CALL_GATE,
    SystemWorld.CALL_GATE_16,
    SystemWorld.CALL_GATE_ABSENT,
    SystemWorld.CALL_GATE_OUTWARDS,
    SystemWorld.INTERRUPT_GATE,
    SystemWorld.LDT_OTHER,
    SystemWorld.USER_CODE_CONFORMING,
    SystemWorld.KERNEL_DATA,
    SystemWorld.NOTHING,
    CaseWorld.USER_CODE,
    CaseWorld.USER_CODE,
    CaseWorld.CODE_READABLE,
    0
  };

  private static final int CR0_BITS =
      Control.CR0_MP
          | Control.CR0_EM
          | Control.CR0_TS
          | Control.CR0_NE
          | Control.CR0_WP
          | Control.CR0_AM
          | Control.CR0_NW
          | Control.CR0_CD;

  /** Those of CR0 that may be set or clear beforehand. */
  private static final int CR0_BEFORE =
      Control.CR0_MP | Control.CR0_EM | Control.CR0_TS | Control.CR0_WP | Control.CR0_AM;

  private static final int CR4_BITS =
      Control.CR4_TSD
          | Control.CR4_DE
          | Control.CR4_PSE
          | Control.CR4_MCE
          | Control.CR4_PGE
          | Control.CR4_PCE
          | Control.CR4_OSFXSR
          | Control.CR4_OSXMMEXCPT;

  private static final int[] CONTROL_REGISTERS = {0, 2, 3, 4};

  /** Bits of DR7 that make no breakpoint. */
  private static final int DR7_HARMLESS = 0xffff_d700;

  private static final int SYSENTER_CS = 0x174;
  private static final int NO_SUCH_MSR = 0x4b56_4dff;

  private final CaseRandom random;
  private final Values values;

  SystemStates(CaseRandom random, Values values) {
    this.random = random;
    this.values = values;
  }

  /** For instructions that load or look at segments. */
  int selector() {
    return SELECTORS[random.below(SELECTORS.length)];
  }

  /** For far transfers; task switches are not among them. */
  static int code(CaseRandom random) {
    int selector = CODE_SELECTORS[random.below(CODE_SELECTORS.length)];
    return random.one(8) ? selector & ~3 | random.below(4) : selector;
  }

  /** The number of a control register, mostly of one that there is. */
  static int controlRegister(CaseRandom random) {
    return random.one(8) ? random.below(8) : CONTROL_REGISTERS[random.below(4)];
  }

  /** EFLAGS of ring 0; TF is not set. */
  int flags() {
    int flags = values.flags() & ~Eflags.IF | random.bits() & (Eflags.IOPL | Eflags.IF);
    return random.one(4) ? flags | Eflags.AC : flags;
  }

  /** The registers of the system in a record. */
  void fill(long record, Insn insn, boolean fx) {
    SystemRecord.start(record);
    Host.put32(record + SystemRecord.CR2, values.word());
    if (random.one(4)) {
      int flipped = random.fewBits() & CR0_BEFORE;
      Host.put32(record + SystemRecord.CR0, SystemRecord.USUAL_CR0 ^ flipped);
    }
    if (random.one(4)) {
      int flipped = random.bits() & CR4_BITS;
      flipped &= fx && !random.one(4) ? ~SystemRecord.USUAL_CR4 : -1;
      Host.put32(record + SystemRecord.CR4, SystemRecord.USUAL_CR4 ^ flipped);
    }
    for (int i = 0; i < 4; i++) {
      Host.put32(record + SystemRecord.DEBUG + 4L * i, values.word());
    }
    Host.put32(record + SystemRecord.DEBUG + 16L, 0xffff_0ff0 | random.bits() & 0xe00f);
    Host.put32(record + SystemRecord.DEBUG + 20L, random.bits() & 0xffff_0300 | 0x400);
    int[] codes = {0, SystemWorld.KERNEL_CODE, SystemWorld.KERNEL_CODE | 3, values.word()};
    int code = insn.operation.name().startsWith("SYS") ? codes[random.below(3)] : codes[3];
    Host.put32(record + SystemRecord.MSR, code & 0xffff);
    Host.put32(record + SystemRecord.MSR + 4L, values.word());
    Host.put32(record + SystemRecord.MSR + 8L, EncodingChooser.landing(random));
  }

  /** What registers must hold for the operation to do something of interest. */
  void implied(long record, Insn insn, int[] regs) {
    switch (insn.operation) {
      case MOV_TO_CONTROL -> regs[insn.index1] = control(record, insn.index0, insn.index1, regs);
      case MOV_TO_DEBUG -> {
        if (insn.index0 == 7 || insn.index0 == 5) {
          regs[insn.index1] &= DR7_HARMLESS;
        }
      }
      case LMSW -> {
        if (insn.kind0 == Insn.REG) {
          regs[insn.index0] = machineStatus();
        }
      }
      case LLDT, LTR -> {
        if (insn.kind0 == Insn.REG) {
          regs[insn.index0] = selector();
        }
      }
      case RDMSR, WRMSR -> {
        regs[Cpu.ECX] = random.one(6) ? NO_SUCH_MSR : SYSENTER_CS + random.below(3);
        if (regs[Cpu.ECX] == SYSENTER_CS) {
          regs[Cpu.EAX] &= 0xffff; // the others mean nothing (SDM vol. 4, table 2-2)
        }
      }
      case SYSEXIT -> regs[Cpu.EDX] = EncodingChooser.landing(random);
      default -> {}
    }
  }

  /** The operand of LMSW. */
  int machineStatus() {
    return random.bits() & 0xf | (random.one(2) ? values.word() & ~0xf : 0);
  }

  private int control(long record, int number, int register, int[] regs) {
    int reserved = random.one(4) ? 1 << random.below(32) : 0;
    return switch (number) {
      case 0 -> {
        int paging = random.one(16) ? Control.CR0_PG : 0;
        int protection = random.one(16) ? Control.CR0_PE : 0;
        int before = Host.get32(record + SystemRecord.CR0);
        yield before ^ random.fewBits() & CR0_BITS ^ paging ^ protection ^ reserved;
      }
      case 3 -> EngineWorld.DIRECTORY | random.bits() & 0xfff;
      case 4 -> {
        int before = Host.get32(record + SystemRecord.CR4);
        yield (before ^ random.fewBits() & CR4_BITS ^ reserved) & ~Control.CR4_PAE;
      }
      default -> regs[register];
    };
  }
}
