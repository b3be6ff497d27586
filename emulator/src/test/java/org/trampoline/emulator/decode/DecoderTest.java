package org.trampoline.emulator.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.CpuModel;

/** What the decoder makes of single instructions (SDM volume 2, chapter 2). */
class DecoderTest {
  private final Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());

  private Insn code32(String hex) {
    return decode(decoder, hex, true);
  }

  private Insn code16(String hex) {
    return decode(decoder, hex, false);
  }

  private static Insn decode(Decoder decoder, String hex, boolean code32) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    Insn insn = decoder.decode(i -> bytes[i] & 255, code32);
    assertEquals(insn.operation, insn.form.operation());
    return insn;
  }

  private static void assertForm(String notation, Insn insn) {
    assertEquals(notation, insn.form.notation());
  }

  private static void assertMemory(
      Insn insn, int segment, int base, int index, int scale, int displacement) {
    assertEquals(segment, insn.segment, "segment");
    assertEquals(base, insn.base, "base");
    assertEquals(index, insn.index, "index");
    assertEquals(scale, insn.scale, "scale");
    assertEquals(displacement, insn.displacement, "displacement");
  }

  private static void assertUndefined(int length, Insn insn) {
    assertEquals(Operation.UNDEFINED, insn.operation);
    assertEquals(length, insn.length);
  }

  @Test
  void operandSizeComesFromModeAndPrefix() {
    assertForm("add r/m32, r32", code32("01 d8"));
    assertForm("add r/m16, r16", code32("66 01 d8"));
    assertForm("add r/m16, r16", code16("01 d8"));
    assertForm("add r/m32, r32", code16("66 01 d8"));
    assertEquals(2, code32("66 c3").operandSize);
  }

  @Test
  void operandsAreInIntelOrder() {
    Insn insn = code32("01 5c 24 08"); // add %ebx,0x8(%esp)
    assertEquals(4, insn.length);
    assertEquals(Insn.MEM, insn.kind0);
    assertEquals(4, insn.size0);
    assertEquals(Insn.REG, insn.kind1);
    assertEquals(3, insn.index1);
    assertEquals(Insn.NONE, insn.kind2);
    Insn shift = code32("d3 e0"); // shl %cl,%eax
    assertEquals(Insn.REG, shift.kind1);
    assertEquals(1, shift.index1);
    assertEquals(1, shift.size1);
    Insn one = code32("d1 e0");
    assertEquals(Insn.IMM, one.kind1);
    assertEquals(1, one.imm);
    assertEquals(3, code32("0f a4 d8 05").kind2); // shld $5,%ebx,%eax
  }

  @Test
  void address32(/* SDM volume 2, tables 2-2 and 2-3 */ ) {
    int none = Insn.NO_REGISTER;
    assertMemory(code32("8b 03"), 3, 3, none, 0, 0);
    assertMemory(code32("8b 05 78 56 34 12"), 3, none, none, 0, 0x12345678);
    assertMemory(code32("8b 45 fc"), 2, 5, none, 0, -4);
    assertMemory(code32("8b 04 24"), 2, 4, none, 0, 0);
    assertMemory(code32("8b 84 b3 00 01 00 00"), 3, 3, 6, 2, 0x100);
    assertMemory(code32("8b 04 fd 10 00 00 00"), 3, none, 7, 3, 0x10); // no base
    assertMemory(code32("8b 44 6d 00"), 2, 5, 5, 1, 0); // ebp+ebp*2
    assertMemory(code32("8b 44 e5 00"), 2, 5, none, 0, 0); // no index, scale has no effect
    assertMemory(code32("8b 04 2b"), 3, 3, 5, 0, 0); // ebp as index: ds
    assertMemory(code32("a1 78 56 34 12"), 3, none, none, 0, 0x12345678);
  }

  @Test
  void address16(/* SDM volume 2, table 2-1 */ ) {
    int none = Insn.NO_REGISTER;
    assertMemory(code16("8b 00"), 3, 3, 6, 0, 0);
    assertMemory(code16("8b 01"), 3, 3, 7, 0, 0);
    assertMemory(code16("8b 02"), 2, 5, 6, 0, 0);
    assertMemory(code16("8b 03"), 2, 5, 7, 0, 0);
    assertMemory(code16("8b 04"), 3, 6, none, 0, 0);
    assertMemory(code16("8b 05"), 3, 7, none, 0, 0);
    assertMemory(code16("8b 06 34 f2"), 3, none, none, 0, 0xf234);
    assertMemory(code16("8b 46 fe"), 2, 5, none, 0, -2);
    assertMemory(code16("8b 87 00 80"), 3, 3, none, 0, -0x8000);
    assertTrue(code32("67 8b 00").address16);
    assertMemory(code32("67 a1 34 12"), 3, none, none, 0, 0x1234);
    assertFalse(code16("67 8b 04 24").address16);
  }

  @Test
  void theLastSegmentPrefixWins() {
    assertEquals(4, code32("26 64 8b 03").segment);
    assertEquals(0, code32("64 26 8b 45 00").segment);
    assertEquals(5, code32("65 a4").segment);
    assertEquals(3, code32("a4").segment);
    assertEquals(4, code32("64 d7").segment);
  }

  @Test
  void stringOperandsAreImplicit() {
    Insn movs = code32("f3 66 a5");
    assertEquals(Insn.STRING_DESTINATION, movs.kind0);
    assertEquals(Insn.STRING_SOURCE, movs.kind1);
    assertEquals(2, movs.size1);
    assertTrue(movs.rep);
    assertTrue(code32("f2 a4").rep); // either prefix repeats what does not compare
    assertTrue(code32("f3 f2 a6").repne); // the last one wins
    assertTrue(code32("f2 f3 a6").rep);
    assertFalse(code32("f3 01 d8").rep);
  }

  @Test
  void lockIsOnlyForMemoryDestinations() {
    assertTrue(code32("f0 0f b1 0b").lock);
    assertUndefined(4, code32("f0 0f b1 cb"));
    assertUndefined(3, code32("f0 89 03")); // mov
    assertUndefined(3, code32("f0 03 03")); // add from memory
    assertUndefined(2, code32("f0 90"));
    assertUndefined(3, code32("f0 39 03")); // cmp
  }

  @Test
  void immediates() {
    assertEquals(-1, code32("83 c0 ff").imm);
    assertEquals(0xff, code32("04 ff").imm);
    assertEquals(0xffff, code32("66 05 ff ff").imm);
    assertEquals(-0x80, code32("6a 80").imm);
    Insn enter = code32("c8 34 12 05");
    assertEquals(0x1234, enter.imm);
    assertEquals(Insn.IMM2, enter.kind1);
    assertEquals(5, enter.imm2);
    Insn far = code32("ea 78 56 34 12 10 00");
    assertEquals(0x12345678, far.imm);
    assertEquals(0x10, far.imm2);
    assertEquals(Operation.JMP_FAR, far.operation);
    assertEquals(-5, code32("e8 fb ff ff ff").imm);
    assertEquals(-2, code16("e9 fe ff").imm);
  }

  @Test
  void conditionIsInTheInstruction() {
    assertEquals(5, code32("75 fe").condition);
    assertEquals(12, code32("0f 8c 00 00 00 00").condition);
    assertEquals(3, code32("db c1").condition); // fcmovnb
    assertEquals(-1, code32("90").condition);
  }

  @Test
  void mandatoryPrefixesSelectAndOperandSizeStillCounts() {
    assertForm("addps xmm1, xmm2/m128", code32("0f 58 c1"));
    assertForm("addpd xmm1, xmm2/m128", code32("66 0f 58 c1"));
    assertForm("addss xmm1, xmm2/m32", code32("66 f3 0f 58 c1"));
    assertForm("addsd xmm1, xmm2/m64", code32("f3 f2 0f 58 c1"));
    assertForm("popcnt r16, r/m16", code32("66 f3 0f b8 c1"));
    assertForm("popcnt r32, r/m32", code32("f3 0f b8 c1"));
    assertUndefined(3, code32("0f b8 c1"));
    assertForm("pause", code32("f3 90"));
    assertForm("nop", code32("90"));
    assertForm("xchg r32, eax", code32("91"));
    assertUndefined(4, code32("f3 0f 28 c1")); // movaps takes neither F3 nor F2
  }

  @Test
  void modDecidesBetweenFormsOfAnOpcode() {
    assertForm("movlps xmm1, m64", code32("0f 12 00"));
    assertForm("movhlps xmm1, xmm2", code32("0f 12 c1"));
    assertForm("lfence", code32("0f ae ed"));
    assertForm("clflush m8", code32("0f ae 38"));
    assertUndefined(2, code32("8d c0")); // lea of a register
    assertUndefined(2, code32("c5 c0")); // lds of a register
    assertUndefined(3, code32("0f 01 d0"));
    assertUndefined(3, code32("0f c7 c8"));
    assertUndefined(2, code32("ff f8"));
    assertForm("mov rm32, cr", code32("0f 20 03")); // mod is ignored
    assertEquals(3, code32("0f 20 03").length);
  }

  @Test
  void registersThatDoNotExistAreUndefined() {
    assertUndefined(2, code32("8e c8")); // mov %eax,%cs
    assertUndefined(2, code32("8e f0"));
    assertUndefined(2, code32("8c f8"));
    assertUndefined(3, code32("0f 22 c8")); // cr1
    assertUndefined(3, code32("0f 20 e8")); // cr5
    assertForm("mov cr, rm32", code32("0f 22 e0"));
    assertForm("mov dr, rm32", code32("0f 23 e8")); // dr5 is dr7's alias or #UD by CR4.DE
  }

  @Test
  void moreThan15BytesAreTooLong() {
    assertEquals(
        15, code32("26 26 26 26 26 26 26 26 26 26 81 40 04 01 02 03 04".substring(6)).length);
    Insn insn = code32("26 26 26 26 26 26 26 26 26 26 81 40 04 01 02");
    assertEquals(Operation.TOO_LONG, insn.operation);
    assertEquals(15, insn.length);
    assertEquals(Operation.TOO_LONG, code32("66".repeat(15)).operation);
  }

  @Test
  void aModelDecidesWhatIsUndefined() {
    Decoder old = new Decoder(InstructionTable.get(), CpuModel.I486.features());
    assertEquals(Operation.UNDEFINED, decode(old, "0f 45 c1", true).operation);
    assertEquals(Operation.UNDEFINED, decode(old, "0f 31", true).operation);
    assertEquals(Operation.UNDEFINED, decode(old, "0f 1f 00", true).operation);
    assertEquals(Operation.CMPXCHG, decode(old, "0f b1 0b", true).operation);
    Decoder pentium3 = new Decoder(InstructionTable.get(), CpuModel.PENTIUM3.features());
    assertEquals(Operation.ADDPS, decode(pentium3, "0f 58 c1", true).operation);
    assertEquals(Operation.UNDEFINED, decode(pentium3, "66 0f 58 c1", true).operation);
    assertEquals(Operation.UNDEFINED, decode(pentium3, "66 0f fc c1", true).operation);
    assertEquals(Operation.PADDB, decode(pentium3, "0f fc c1", true).operation);
  }
}
