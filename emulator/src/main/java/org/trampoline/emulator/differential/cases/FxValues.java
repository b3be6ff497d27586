package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.memory.Host;

/** Chooses x87, MMX and SSE states (an FXSAVE image) and floating-point operands in memory. */
final class FxValues {
  private static final int MXCSR = 24;
  private static final int REGISTERS = 32;
  private static final int XMM = 160;
  private static final int MXCSR_MASKED = 0x1f80;

  /** Exponents of 80-bit numbers at which something changes. */
  private static final int[] EXPONENTS_80 = {
    0, 0, 1, 2, 0x3fbe, 0x3fff, 0x3fff, 0x3ffe, 0x4000, 0x401e, 0x403d, 0x403e, 0x7ffe, 0x7fff,
    0x7fff, 0x3f81
  };

  private static final int[] EXPONENTS_64 = {
    0, 0, 1, 2, 0x3ca, 0x3fe, 0x3ff, 0x400, 0x41d, 0x41e, 0x433, 0x381, 0x7fe, 0x7ff, 0x7ff, 0x47e
  };

  private static final int[] EXPONENTS_32 = {
    0, 0, 1, 2, 0x67, 0x7e, 0x7f, 0x80, 0x96, 0x9d, 0x9e, 0xfd, 0xfe, 0xff, 0xff, 0x7d
  };

  // What the low bits of a significand are, by the kind that is drawn (Values tells why not a
  // switch).
  private static final long[] FACTOR = {0, 0, 1, -1, 1, 0, 0, 0};
  private static final long[] SUMMAND = {0, -1, 0, 0, -1, 0, 0, 0};
  private static final long[] TOP_BIT = {0, 0, 0, 0, 0, -1, 0, 0};
  private static final long[] ANY = {0, 0, 0, 0, 0, 0, -1, -1};

  private final CaseRandom random;
  private final Values values;

  FxValues(CaseRandom random, Values values) {
    this.random = random;
    this.values = values;
  }

  /**
   * Fills an image: the one before with another control, another status, and other values in the
   * registers that the instruction names. Much cheaper than {@link #image}.
   */
  void vary(long at, long before, Insn insn) {
    for (int i = REGISTERS; i < CaseRecord.FX_USED; i += 8) {
      Host.put64(at + i, Host.get64(before + i));
    }
    Form form = insn.form;
    environment(at, form);
    register(at, 0, form);
    register(at, 1, form);
    named(at, insn.kind0, insn.index0, form);
    named(at, insn.kind1, insn.index1, form);
  }

  private void named(long at, int kind, int index, Form form) {
    if (kind == Insn.XMM) {
      Host.put64(at + XMM + 16L * index, lane(form));
      Host.put64(at + XMM + 16L * index + 8, lane(form));
    } else if (index > 1 && (kind == Insn.ST || kind == Insn.MM)) {
      register(at, index, form);
    }
  }

  /** An x87 or MMX register. */
  private void register(long at, int index, Form form) {
    long register = at + REGISTERS + 16L * index;
    if (form.has(Attribute.MMX)) {
      Host.put64(register, lanes());
      Host.put64(register + 8, random.one(4) ? random.bits() & 0xffff : 0xffff);
    } else if (form.has(Attribute.X87)) {
      extended(register);
    }
  }

  /** Fills an image. */
  void image(long at, Form form) {
    environment(at, form);
    boolean mmx = form.has(Attribute.MMX);
    for (int i = 0; i < 8; i++) {
      long register = at + REGISTERS + 16L * i;
      Host.put64(register + 8, 0);
      if (mmx) {
        register(at, i, form);
      } else {
        extended(register);
      }
    }
    if (form.has(Attribute.SSE)) {
      for (int i = 0; i < 16; i++) {
        Host.put64(at + XMM + 8L * i, lane(form));
      }
    } else {
      for (int i = 0; i < 16; i++) {
        Host.put64(at + XMM + 8L * i, 0x0101_0101_0101_0101L * i);
      }
    }
  }

  /** All before the registers: control, status, tags, pointers of 0, MXCSR. */
  private void environment(long at, Form form) {
    boolean x87 = form.has(Attribute.X87);
    int control = 0x7f | random.below(4) << 10 | (x87 ? 3 - random.below(4) : 3) << 8;
    int masks = random.one(4) ? random.below(64) : 0x3f;
    int top = random.below(8);
    int status =
        top << 11 | (random.bits() & 0x4700) | (x87 && random.one(4) ? random.below(64) : 0);
    boolean pending = (status & ~masks & 0x3f) != 0;
    if (pending && !random.one(8)) {
      status &= ~0x3f;
      pending = false;
    }
    Host.put16(at, control & ~0x3f | masks);
    Host.put16(at + 2, status | (pending ? 0x8080 : 0));
    int r = random.bits();
    int occupied =
        switch (r & 3) {
          case 0 -> r >>> 8 & 0xff;
          case 1 -> 0xff;
          default -> 0xff << 8 - (r >>> 8 & 7) >> 8 & 0xff | 1 << top | 1 << (top + 1 & 7);
        };
    Host.put16(at + 4, x87 ? occupied & ~(random.one(2) ? 1 << (top + 7 & 7) : 0) : occupied);
    Host.put64(at + 8, 0);
    Host.put16(at + 6, 0);
    Host.put64(at + 16, 0);
    Host.put32(at + MXCSR, mxcsr(form));
    Host.put32(at + MXCSR + 4, 0);
  }

  private int mxcsr(Form form) {
    if (!form.has(Attribute.SSE)) {
      return MXCSR_MASKED;
    }
    int r = random.bits();
    int control = r & 0x6000; // rounding
    control |= (r >>> 16 & 3) == 0 ? 0x8000 : 0; // flush to zero
    control |= (r >>> 18 & 3) == 0 ? 0x40 : 0; // denormals are zeros
    control |= (r >>> 20 & 7) == 0 ? r & 0x3f : 0; // flags
    int masks = (r >>> 23 & 7) == 0 ? random.bits() & 0x1f80 : 0x1f80;
    return control | masks;
  }

  /** What a memory operand finds: by its width and kind. */
  void operand(long data, int target, Insn insn) {
    int offset = target - CaseWorld.DATA;
    if (offset < 0 || offset > CaseWorld.DATA_SIZE - 16) {
      return;
    }
    long at = data + offset;
    if (insn.operation == Operation.FXRSTOR) {
      if (offset <= CaseWorld.DATA_SIZE - 512) {
        image(at, insn.form);
        for (int i = CaseRecord.FX_USED; i < 512; i += 8) {
          Host.put64(at + i, 0);
        }
        Host.put32(at + MXCSR, random.one(8) ? random.bits() & ~0x2_0000 : random.bits() & 0xffff);
      }
      return;
    }
    if (insn.form.has(Attribute.X87)) {
      x87Operand(at, insn);
    } else if (insn.operation == Operation.LDMXCSR) {
      // bit 17 is AMD's misaligned exception mask
      Host.put32(at, random.one(8) ? random.bits() & ~0x2_0000 : random.bits() & 0xffff);
    } else {
      Host.put64(at, lane(insn.form));
      Host.put64(at + 8, lane(insn.form));
    }
  }

  private void x87Operand(long at, Insn insn) {
    switch (insn.operation) {
      case FLDCW -> Host.put16(at, random.bits() & 0x1f7f | (random.one(2) ? 0x3f : 0));
      case FBLD -> decimal(at);
      case FILD, FIADD, FIMUL, FICOM, FICOMP, FISUB, FISUBR, FIDIV, FIDIVR -> {
        Host.put32(at, values.word());
        Host.put32(at + 4, random.one(4) ? values.word() : Host.get32(at) >> 31);
      }
      default -> {
        switch (insn.size0) {
          case 4 -> Host.put32(at, single());
          case 8 -> Host.put64(at, doubled());
          default -> extended(at);
        }
      }
    }
  }

  private void decimal(long at) {
    long digits = 0;
    for (int i = 0; i < 16; i++) {
      digits = digits << 4 | random.below(10);
    }
    Host.put64(at, digits);
    Host.put16(at + 8, random.below(10) | random.below(10) << 4 | random.bits() & 0x8000);
  }

  private void extended(long at) {
    int r = random.bits();
    int exponent =
        (r & 3) == 0 ? r >>> 16 & 0x7fff : EXPONENTS_80[r >>> 2 & 15] + (r >>> 6 & 3) - 1;
    long fraction = fraction(64);
    boolean tiny = (exponent & 0x7fff) == 0;
    boolean integer = (r >>> 9 & (tiny ? 7 : 31)) != 0 ^ tiny;
    long significand = fraction & Long.MAX_VALUE | (integer ? Long.MIN_VALUE : 0);
    long whole = exponent == 0 ? 0 : Long.MIN_VALUE;
    Host.put64(at, (r >>> 14 & 31) == 0 ? whole : significand);
    Host.put16(at + 8, exponent & 0x7fff | r >>> 15 & 0x8000);
  }

  private long doubled() {
    int r = random.bits();
    long exponent = (r & 3) == 0 ? r >>> 16 & 0x7ff : EXPONENTS_64[r >>> 2 & 15] + (r >>> 6 & 1);
    return (exponent & 0x7ff) << 52 | fraction(52) | (long) r >>> 31 << 63;
  }

  private int single() {
    int r = random.bits();
    int exponent = (r & 3) == 0 ? r >>> 16 & 0xff : EXPONENTS_32[r >>> 2 & 15] + (r >>> 6 & 1);
    return (exponent & 0xff) << 23 | (int) fraction(23) | r & 0x8000_0000;
  }

  /** The low bits of a significand: few ones, many ones, or any. */
  private long fraction(int bits) {
    long r = random.next();
    int shift = (int) (r >>> 58) % bits;
    long mask = -1L >>> 64 - bits;
    int kind = (int) r & 7;
    long fraction = (FACTOR[kind] << shift) + SUMMAND[kind];
    fraction |= (1L << bits - 1) & TOP_BIT[kind] | random.nextIf(ANY[kind]);
    return mask & fraction;
  }

  private long lane(Form form) {
    if (!form.has(Attribute.SSE_EXCEPTIONS) && !random.one(4)) {
      return lanes();
    }
    return CaseKind.doubles(form) ? doubled() : single() & 0xffff_ffffL | (long) single() << 32;
  }

  /** Integers of 8, 16, 32 or 64 bits side by side. */
  private long lanes() {
    long r = random.next();
    return switch ((int) r & 3) {
      case 0 -> r;
      case 1 -> values.word() & 0xffff_ffffL | (long) values.word() << 32;
      case 2 -> {
        long low = values.word() & 0xffff | values.word() << 16;
        yield low & 0xffff_ffffL | (values.word() & 0xffffL) << 32 | (long) values.word() << 48;
      }
      default -> {
        long bytes = 0;
        for (int i = 0; i < 4; i++) {
          bytes = bytes << 16 | values.word() & 0xff | (values.word() & 0xff) << 8;
        }
        yield bytes;
      }
    };
  }
}
