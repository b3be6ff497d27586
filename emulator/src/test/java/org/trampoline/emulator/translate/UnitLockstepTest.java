package org.trampoline.emulator.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Encoding;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.execute.x87.Fpu;

/** Random loops of x87, MMX and SSE instructions among others, from random states of the units. */
class UnitLockstepTest extends LoopLockstep {
  private static final int DATA = 0x8000;
  private static final int DATA_BYTES = 0x8000;

  private final List<Form> x87 = new ArrayList<>();
  private final List<Form> mmx = new ArrayList<>();
  private final List<Form> sse = new ArrayList<>();

  UnitLockstepTest() {
    for (Form form : InstructionTable.get().forms()) {
      if (form.has(Attribute.X87)) {
        x87.add(form);
      } else if (form.has(Attribute.MMX)) {
        mmx.add(form);
      } else if (form.has(Attribute.SSE)) {
        sse.add(form);
      }
    }
  }

  @Test
  void randomLoopsEndEqually() {
    compare(20);
  }

  @Override
  int prepare(Random random, Machine machine) {
    Cpu c = machine.cpu();
    c.cr4 |= Control.CR4_OSFXSR | Control.CR4_OSXMMEXCPT;
    if (random.nextInt(30) == 0) {
      c.cr0 |= Control.CR0_TS;
    }
    SegmentRegister[] s = c.segment;
    switch (random.nextInt(8)) {
      case 0 -> s[SegmentRegister.DS].set(0x1b, 0x100, -1, 0xc093);
      case 1 -> s[SegmentRegister.DS].set(0x23, 0x10, DATA + random.nextInt(DATA_BYTES), 0x4093);
      case 2 -> {
        s[SegmentRegister.SS].set(0x20, 0, 0xffff, 0x93);
        s[SegmentRegister.DS].set(0x20, 0, 0xffff, 0x93);
      }
      default -> {}
    }
    int start = random.nextInt(4) == 0 ? 0x1000 * (1 + random.nextInt(3)) - 40 : 0x1000;
    byte[] data = new byte[DATA_BYTES];
    for (int at = 0; at < DATA_BYTES; at += 16) {
      operand(random, data, at);
    }
    machine.load(DATA, data);
    for (int i = 0; i < 8; i++) {
      c.reg[i] = DATA + 0x400 + 16 * random.nextInt(0x700) + (random.nextInt(4) == 0 ? 4 : 0);
      if (random.nextInt(20) == 0) {
        c.reg[i] = 0xffe0 + random.nextInt(0x30);
      }
    }
    unitState(random, c);
    c.setEflags(random.nextInt() & Eflags.STATUS);
    return start;
  }

  @Override
  int count(Random random) {
    return 50 + random.nextInt(300);
  }

  /** A number of one of the formats, near where something happens. */
  private static void operand(Random random, byte[] data, int at) {
    long low = random.nextInt(3) == 0 ? 0 : random.nextLong();
    long high = random.nextLong();
    switch (random.nextInt(6)) {
      case 0 -> low = (low | 1L << 63) & -(1L << random.nextInt(64));
      case 1 -> low = Double.doubleToRawLongBits(random.nextGaussian() * 100);
      case 2 -> {
        low = Float.floatToRawIntBits((float) random.nextGaussian() * 100) & 0xffff_ffffL;
        low |= low << 32;
        high = low;
      }
      case 3 -> low = random.nextInt(-500, 500);
      case 4 -> low = low & ~0x7ff0_0000_0000_0000L | pickLong(random, 0, 1, 2046, 2047) << 52;
      default -> low = low & ~0x7f80_0000_7f80_0000L | pickLong(random, 0, 1, 254, 255) << 23;
    }
    for (int i = 0; i < 8; i++) {
      data[at + i] = (byte) (low >> 8 * i);
      data[at + 8 + i] = (byte) (high >> 8 * i);
    }
  }

  private static long pickLong(Random random, long... of) {
    return of[random.nextInt(of.length)];
  }

  private static void unitState(Random random, Cpu c) {
    Fpu f = c.fpu;
    int masks = random.nextInt(8) == 0 ? random.nextInt(64) : 0x3f;
    int precision = pick(random, 0, 2, 3, 3, 3, 1);
    f.setControlWord(masks | precision << 8 | random.nextInt(4) << 10);
    f.setStatusWord(random.nextInt() & 0x7f00 | (random.nextInt(3) == 0 ? 0 : masks & 0x21));
    f.occupied = random.nextInt(3) == 0 ? 0xff : random.nextInt(256);
    for (int i = 0; i < 8; i++) {
      int exponent = pick(random, 0, 1, 0x3fff, 0x3ffe, 0x4000, 0x403e, 0x3f81, 0x7fff, 0x7ffe);
      f.significand[i] = random.nextLong() | (random.nextInt(8) == 0 ? 0 : 1L << 63);
      f.signExponent[i] = exponent + (random.nextInt(3) - 1) & 0x7fff | random.nextInt() << 15;
      f.signExponent[i] &= 0xffff;
    }
    byte[] data = new byte[16];
    for (int i = 0; i < 16; i++) {
      operand(random, data, 0);
      long value = 0;
      for (int k = 0; k < 8; k++) {
        value |= (data[k] & 0xffL) << 8 * k;
      }
      c.simd.xmm[i] = value;
    }
    int unmasked = random.nextInt(8) == 0 ? random.nextInt(64) << 7 : 0;
    c.simd.mxcsr = 0x1f80 & ~unmasked | random.nextInt() & (random.nextBoolean() ? 0xe040 : 0x20);
  }

  // ---- code

  @Override
  void generate(Random random) {
    List<List<Form>> kinds =
        switch (random.nextInt(5)) {
          case 0 -> List.of(x87, mmx, sse);
          case 1, 2 -> List.of(x87);
          case 3 -> List.of(sse);
          default -> List.of(mmx, sse);
        };
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      if (random.nextInt(4) == 0) {
        integer(random);
      } else {
        List<Form> forms = kinds.get(random.nextInt(kinds.size()));
        form(random, forms.get(random.nextInt(forms.size())));
      }
    }
  }

  private void integer(Random random) {
    switch (random.nextInt(4)) {
      case 0 -> emit(0x40 | random.nextInt(16)); // inc, dec
      case 1 -> emit(random.nextInt(8) << 3 | 3, 0xc0 | random.nextInt(64));
      case 2 -> emit(0x70 | random.nextInt(16), 0);
      default -> emit(0x0f, 0x90 | random.nextInt(16), 0xc0 | random.nextInt(4));
    }
  }

  private void form(Random random, Form form) {
    Encoding e = form.encoding();
    if (random.nextInt(20) == 0) {
      emit(pick(random, 0x67, 0x2e, 0x36, 0x64));
    }
    switch (e.prefix()) {
      case Encoding.P66 -> emit(0x66);
      case Encoding.PF3 -> emit(0xf3);
      case Encoding.PF2 -> emit(0xf2);
      default -> {}
    }
    if (e.map() > 0) {
      emit(0x0f);
    }
    if (e.map() > 1) {
      emit(e.map() == 2 ? 0x38 : 0x3a);
    }
    emit(e.opcode());
    if (e.modrm()) {
      modrm(random, e);
    }
    for (int i = 0; i < e.immediateBytes(); i++) {
      emit(random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(9));
    }
  }

  private void modrm(Random random, Encoding e) {
    int modrm = random.nextInt(256) & ~e.modrmMask() | e.modrmValue();
    if ((e.modrmMask() & 0xc0) == 0) {
      modrm = modrm & 0x3f | (e.memoryOnly() ? 1 : pick(random, 0, 1, 3, 3)) << 6;
    }
    emit(modrm);
    int mod = modrm >> 6;
    int rm = modrm & 7;
    if (mod == 3) {
      return;
    }
    if (rm == 4) {
      emit(pick(random, 0x20, 0x21, 0x22, 0x23, 0x25)); // no index
    }
    if (mod == 1) {
      emit(pick(random, 0, 16, -16, 8, 4, 1));
    } else if (mod == 2 || rm == 5) {
      emit(random.nextInt(16) * 16, mod == 2 ? 0 : 0x90, 0, 0);
    }
  }
}
