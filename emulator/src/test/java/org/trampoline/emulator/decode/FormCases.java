package org.trampoline.emulator.decode;

import java.util.ArrayList;
import java.util.List;

/** Encodings of a form that between them use every way it can be written and printed. */
final class FormCases {
  private FormCases() {}

  /** Registers, addresses of both sizes, segments, prefixes and immediates, one after another. */
  static List<byte[]> of(Form form, boolean code32) {
    List<byte[]> cases = new ArrayList<>();
    FormEncoder e = new FormEncoder();
    boolean modrm = form.encoding().modrm();
    if (!form.encoding().memoryOnly()) {
      for (int[] pair : new int[][] {{0, 3}, {5, 4}, {3, 6}, {2, 1}}) {
        start(e, form, code32, cases.size());
        e.register = pair[0];
        e.rm = pair[1];
        cases.add(e.encode());
      }
    }
    if (modrm && form.operands().stream().anyMatch(Operand::allowsMemory)) {
      memory(form, code32, e, cases);
    }
    prefixes(form, code32, e, cases);
    return cases;
  }

  private static void memory(Form form, boolean code32, FormEncoder e, List<byte[]> cases) {
    int none = Insn.NO_REGISTER;
    int[][] addresses32 = { // base, index, scale, displacement
      {0, none, 0, 0},
      {4, none, 0, 0x10},
      {5, none, 0, 0},
      {5, none, 0, -8},
      {3, 6, 2, 0x7f},
      {none, none, 0, 0x12345678},
      {none, 7, 3, -0x80},
      {2, 5, 1, 0x80},
      {4, 1, 0, -0x12345678},
      {none, none, 0, -4}
    };
    int[][] addresses16 = {
      {3, 6, 0, 0},
      {5, 7, 0, -1},
      {5, none, 0, 0},
      {none, none, 0, 0x1234},
      {7, none, 0, 0x80},
      {none, none, 0, 0xfff0},
      {3, none, 0, -0x1234}
    };
    for (int wide = 0; wide < 2; wide++) {
      for (int[] address : wide == 0 ? addresses32 : addresses16) {
        start(e, form, code32, cases.size());
        e.memory = true;
        e.register = cases.size() % 6;
        e.address16 = wide == 1;
        e.base = address[0];
        e.index = address[1];
        e.scale = address[2];
        e.displacement = address[3];
        e.segment = cases.size() % 3 == 0 ? cases.size() / 3 % 6 : -1;
        e.longDisplacement = cases.size() % 7 == 0;
        cases.add(e.encode());
      }
    }
  }

  private static void prefixes(Form form, boolean code32, FormEncoder e, List<byte[]> cases) {
    boolean memory = form.operands().stream().anyMatch(Operand::allowsMemory);
    if (form.has(Attribute.LOCK)) {
      start(e, form, code32, cases.size());
      e.memory = true;
      e.lock = true;
      cases.add(e.encode());
    }
    for (int segment = 0; segment < 6; segment++) {
      start(e, form, code32, cases.size());
      e.memory = memory;
      e.segment = segment;
      cases.add(e.encode());
    }
    if (form.encoding().prefix() == Encoding.ANY) {
      for (int repeat = 0xf2; repeat <= 0xf3; repeat++) {
        start(e, form, code32, cases.size());
        e.memory = memory;
        e.repeat = repeat;
        cases.add(e.encode());
      }
      if (form.encoding().operandSize() == 0) {
        start(e, form, code32, cases.size());
        e.memory = memory;
        e.operand16 = !e.operand16;
        cases.add(e.encode());
      }
    }
    if (form.encoding().addressSize() == 0) {
      start(e, form, code32, cases.size());
      e.memory = memory;
      e.address(!e.address16);
      cases.add(e.encode());
    }
  }

  private static void start(FormEncoder e, Form form, boolean code32, int n) {
    e.start(form, code32);
    int[] immediates = {0x12, -1, 0x7f, -0x80, 0x12345678, 0, 0x80, 5};
    e.immediate = immediates[n % immediates.length];
    e.immediate2 = n % 2 == 0 ? 0x1f : 0xfff8;
    e.displacement =
        form.operands().stream().anyMatch(o -> o.place() == Operand.Place.MOFFS) ? 0x1234 * n : 0;
  }
}
