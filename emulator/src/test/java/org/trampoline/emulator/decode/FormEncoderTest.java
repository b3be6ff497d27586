package org.trampoline.emulator.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.CpuModel;

/** The decoder undoes what the encoder does, for every form, in both modes. */
class FormEncoderTest {
  private final InstructionTable table = InstructionTable.get();
  private final Decoder decoder = new Decoder(table, CpuModel.MAX.features());
  private final FormEncoder encoder = new FormEncoder();

  private Insn decode(boolean code32) {
    byte[] bytes = encoder.encode();
    Insn insn = decoder.decode(i -> bytes[i] & 255, code32);
    assertEquals(bytes.length, insn.length);
    return insn;
  }

  @Test
  void everyFormComesBack() {
    for (Form form : table.forms()) {
      for (int mode = 0; mode < 2; mode++) {
        boolean code32 = mode == 1;
        encoder.start(form, code32);
        encoder.register = 3; // of a segment register ds, of a control register cr3
        encoder.rm = 6;
        encoder.immediate = 0x7a;
        encoder.immediate2 = 0x11;
        Insn insn = decode(code32);
        assertEquals(form, shadowed(form) ? form : insn.form);
        for (int i = 0; i < form.operands().size() && insn.form == form; i++) {
          checkRegister(insn, form, i);
        }
        if (form.operands().stream().anyMatch(Operand::allowsMemory)) {
          checkMemory(form, code32);
        }
      }
    }
  }

  /** Hint forms of which a more specific line has taken what the defaults encode. */
  private static boolean shadowed(Form form) {
    return form.operation() == Operation.NOP && form.encoding().map() == 1;
  }

  private static void checkRegister(Insn insn, Form form, int i) {
    int index = i == 0 ? insn.index0 : i == 1 ? insn.index1 : insn.index2;
    switch (form.place(i)) {
      case REG, OPCODE -> assertEquals(3, index, form.notation());
      case RM, RM_REGISTER -> {
        if (!form.encoding().memoryOnly()) {
          assertEquals(6, index, form.notation());
        }
      }
      case IMMEDIATE, SIGNED -> assertEquals(0x7a, insn.imm, form.notation());
      case IMMEDIATE2 -> assertEquals(0x11, insn.imm2, form.notation());
      default -> {} // nothing was chosen
    }
  }

  private void checkMemory(Form form, boolean code32) {
    encoder.start(form, code32);
    encoder.memory = true;
    encoder.register = 3;
    encoder.address(false);
    encoder.base = 5;
    encoder.index = 7;
    encoder.scale = 2;
    encoder.displacement = -0x1234;
    encoder.segment = 4;
    Insn insn = decode(code32);
    assertEquals(form, shadowed(form) ? form : insn.form);
    assertEquals(5, insn.base, form.notation());
    assertEquals(7, insn.index, form.notation());
    assertEquals(2, insn.scale, form.notation());
    assertEquals(-0x1234, insn.displacement, form.notation());
    assertEquals(4, insn.segment, form.notation());
    encoder.address(true);
    encoder.base = 5;
    encoder.index = 6;
    encoder.displacement = 0x7f;
    insn = decode(code32);
    assertTrue(insn.address16);
    assertEquals(5, insn.base, form.notation());
    assertEquals(6, insn.index, form.notation());
    assertEquals(0x7f, insn.displacement, form.notation());
  }

  @Test
  void displacementsTakeAsFewBytesAsTheyCan() {
    Form mov = table.byNotation("mov r32, r/m32").getFirst();
    encoder.start(mov, true);
    encoder.memory = true;
    assertEquals(2, encoder.encode().length);
    encoder.displacement = -0x80;
    assertEquals(3, encoder.encode().length);
    encoder.displacement = 0x80;
    assertEquals(6, encoder.encode().length);
    encoder.displacement = 0;
    encoder.longDisplacement = true;
    assertEquals(6, encoder.encode().length);
  }

  @Test
  void addressesThatDoNotExistAreRefused() {
    Form mov = table.byNotation("mov r32, r/m32").getFirst();
    encoder.start(mov, true);
    encoder.memory = true;
    encoder.index = 4;
    assertThrows(IllegalArgumentException.class, encoder::encode);
    encoder.address(true);
    encoder.base = 6;
    encoder.index = 7;
    assertThrows(IllegalArgumentException.class, encoder::encode);
  }
}
