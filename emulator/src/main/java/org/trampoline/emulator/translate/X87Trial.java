package org.trampoline.emulator.translate;

/**
 * Code that finds out whether the host's x87 unit does what the shared semantics do where the SDM
 * leaves it open: C0, C2 and C3 after instructions that say nothing of them, the length of FPREM's
 * steps, and digits above 9 for FBLD.
 */
final class X87Trial {
  private static final int RAX = HostAssembler.RAX;
  private static final int RCX = HostAssembler.RCX;
  private static final int RSP = HostAssembler.RSP;
  private static final int ROOM = 64;
  private static final int CONTROL = 48;
  private static final int CONDITIONS = 0x4500;

  /** Instructions that keep C0, C2 and C3, each of two bytes, on π and 1 in st and st(1). */
  private static final int[] KEEPING = {
    0xd8c1, // fadd st,st(1)
    0xd8c9, // fmul
    0xd8e1, // fsub
    0xd8f1, // fdiv
    0xdec1, // faddp
    0xd9c0, // fld st
    0xddd1, // fst st(1)
    0xddd9, // fstp st(1)
    0xd9c9, // fxch
    0xdac1, // fcmovb
    0xd9e0, // fchs
    0xd9e1, // fabs
    0xd9ee, // fldz
    0xd9f4, // fxtract
    0xd9f6, // fdecstp
    0xd9f7, // fincstp
    0xd9fa, // fsqrt
    0xd9fc, // frndint
    0xd9fd, // fscale
    0xddc1, // ffree st(1)
    0xdbe2, // fnclex
    0xdbe9, // fucomi
  };

  private X87Trial() {}

  /** Emits a function that returns 0 if all is the same. */
  static void emit(HostAssembler a) {
    a.arithmeticImmediate(8, 5, RSP, ROOM);
    a.memory(4, 0xd9, 7, RSP, CONTROL); // fnstcw
    a.register(4, 0x31, RCX, RCX);
    for (int instruction : KEEPING) {
      operands(a);
      a.emit8(instruction >> 8, instruction & 0xff);
      collect(a, 0);
      operands(a);
      a.memory(4, 0xd9, 6, RSP, 0); // fnstenv
      a.memory(4, 0x81, 1, RSP, 4); // or
      a.emit32(CONDITIONS);
      a.memory(4, 0xd9, 4, RSP, 0); // fldenv
      a.emit8(instruction >> 8, instruction & 0xff);
      collect(a, CONDITIONS);
    }
    // one step of 2^100 mod 3 leaves 2^64
    a.emit8(0xdb, 0xe3);
    integer(a, 3);
    powerOfTwo(a, 100);
    a.emit8(0xd9, 0xf8); // fprem
    powerOfTwo(a, 64);
    compare(a);
    a.emit8(0xdb, 0xe3);
    integer(a, 10);
    a.memory(4, 0xc7, 0, RSP, 0);
    a.emit32(10);
    a.memory(8, 0xc7, 0, RSP, 4);
    a.emit32(0);
    a.memory(4, 0xdf, 4, RSP, 0); // fbld
    compare(a);
    a.emit8(0xdb, 0xe3); // fninit
    a.memory(4, 0xd9, 5, RSP, CONTROL); // fldcw
    a.move(RAX, RCX);
    a.arithmeticImmediate(8, 0, RSP, ROOM);
    a.emit8(0xc3);
  }

  private static void operands(HostAssembler a) {
    a.emit8(0xdb, 0xe3, 0xd9, 0xe8, 0xd9, 0xeb); // fninit; fld1; fldpi
  }

  /** Notes in ecx which of the conditions are not as expected. */
  private static void collect(HostAssembler a, int expected) {
    a.emit8(0xdf, 0xe0); // fnstsw ax
    a.and(RAX, CONDITIONS);
    a.arithmeticImmediate(4, 6, RAX, expected);
    a.register(4, 0x09, RAX, RCX);
  }

  private static void integer(HostAssembler a, int value) {
    a.memory(4, 0xc7, 0, RSP, 0);
    a.emit32(value);
    a.memory(4, 0xdb, 0, RSP, 0); // fild
  }

  private static void powerOfTwo(HostAssembler a, int exponent) {
    integer(a, exponent);
    a.emit8(0xd9, 0xe8, 0xd9, 0xfd, 0xdd, 0xd9); // fld1; fscale; fstp st(1)
  }

  /** Notes in ecx whether st and st(1) differ. */
  private static void compare(HostAssembler a) {
    a.emit8(0xdf, 0xe9); // fucomip st,st(1)
    a.setCondition(5, RAX);
    a.register(4, 0x0fb6, RAX, RAX);
    a.register(4, 0x09, RAX, RCX);
  }
}
