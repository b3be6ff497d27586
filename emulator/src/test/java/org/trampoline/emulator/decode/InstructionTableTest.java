package org.trampoline.emulator.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Eflags;

/** The table is consistent in itself and complete over the opcode maps (SDM vol. 2, appendix A). */
class InstructionTableTest {
  private final InstructionTable table = InstructionTable.get();

  @Test
  void noEncodingIsClaimedByTwoFormsEqually() {
    List<String> claims = new ArrayList<>();
    for (int opcode = 0; opcode < 4 * 256; opcode++) {
      Form[] candidates = table.candidates(opcode >> 8, opcode & 255);
      for (int variant = 0; variant < 4 * 2 * 2 * 256; variant++) {
        int prefix = variant >> 10;
        int operandSize = (variant >> 9 & 1) == 0 ? 2 : 4;
        int addressSize = (variant >> 8 & 1) == 0 ? 2 : 4;
        Form best = null;
        Form rival = null;
        for (Form form : candidates) {
          if (form.encoding().matches(prefix, operandSize, addressSize, variant & 255)) {
            int difference =
                best == null ? 1 : form.encoding().specificity() - best.encoding().specificity();
            rival = difference == 0 ? best : difference > 0 ? null : rival;
            best = difference >= 0 ? form : best;
          }
        }
        if (rival != null) {
          claims.add(rival.encoding().text() + " and " + best.encoding().text());
        }
      }
    }
    assertEquals(List.of(), claims.stream().distinct().toList());
  }

  @Test
  void everyOneByteOpcodeIsAnInstructionPrefixOrEscape() {
    StringBuilder undefined = new StringBuilder();
    for (int opcode = 0; opcode < 256; opcode++) {
      if (table.candidates(0, opcode).length == 0) {
        undefined.append(String.format("%02X ", opcode));
      }
    }
    assertEquals("0F 26 2E 36 3E 64 65 66 67 F0 F2 F3 ", undefined.toString());
  }

  /** What is missing is not in any i686: SYSCALL, 3DNow!, VMX, SMX, VIA's PadLock, MOV to TR. */
  @Test
  void everyTwoByteOpcodeOfAnI686IsThere() {
    StringBuilder undefined = new StringBuilder();
    for (int opcode = 0; opcode < 256; opcode++) {
      if (table.candidates(1, opcode).length == 0) {
        undefined.append(String.format("%02X ", opcode));
      }
    }
    assertEquals(
        "04 05 07 0A 0C 0E 0F 24 25 26 27 36 37 38 39 3A 3B 3C 3D 3E 3F 78 79 7A 7B A6 A7 ",
        undefined.toString());
  }

  @Test
  void everyX87OpcodeOfTheMapsIsThere() {
    int defined = 0;
    for (int opcode = 0xd8; opcode <= 0xdf; opcode++) {
      for (int modrm = 0xc0; modrm < 0x100; modrm++) {
        for (Form form : table.candidates(0, opcode)) {
          if (form.encoding().matches(0, 4, 4, modrm)) {
            defined++;
            break;
          }
        }
      }
    }
    // SDM volume 2, tables, plus the aliases; DB E5 (frstpm) is not a 387 instruction
    assertEquals(64 + 52 + 33 + 53 + 64 + 48 + 57 + 49, defined);
  }

  @Test
  void everyOperationHasAForm() {
    Set<Operation> without = EnumSet.allOf(Operation.class);
    for (Form form : table.forms()) {
      without.remove(form.operation());
    }
    assertEquals(EnumSet.of(Operation.UNDEFINED, Operation.TOO_LONG), without);
  }

  @Test
  void flagEffectsDoNotContradictEachOther() {
    for (Form form : table.forms()) {
      FlagEffects flags = form.flags();
      int sum =
          Integer.bitCount(flags.written())
              + Integer.bitCount(flags.undefined())
              + Integer.bitCount(flags.cleared())
              + Integer.bitCount(flags.set());
      assertEquals(Integer.bitCount(flags.changed()), sum, form.notation());
    }
  }

  /** SDM volume 1, appendix A, a sample of each kind. */
  @Test
  void flagEffectsAreThoseOfTheManual() {
    int status = Eflags.STATUS;
    assertEquals(status, only("adc r/m32, r32").flags().written());
    assertEquals(Eflags.CF, only("adc r/m32, r32").flags().read());
    assertEquals(status & ~Eflags.CF, only("inc r/m8").flags().written());
    assertEquals(Eflags.AF, only("xor r/m8, r8").flags().undefined());
    assertEquals(Eflags.OF | Eflags.CF, only("xor r/m8, r8").flags().cleared());
    assertEquals(Eflags.SF | Eflags.OF | Eflags.ZF, only("jle rel8").flags().read());
    assertEquals(Eflags.CF, only("setb r/m8").flags().read());
    assertEquals(Eflags.ZF, only("cmpxchg8b m64").flags().changed());
    assertEquals(Eflags.IF, only("sti").flags().set());
    assertEquals(0, only("not r/m32").flags().changed());
    assertTrue(only("shl r/m32, imm8", 0).has(Attribute.COUNT));
    assertFalse(only("shl r/m32, 1", 0).has(Attribute.COUNT));
  }

  /** SDM volume 2, SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR and SHLD, "Flags Affected". */
  @Test
  void undefinedFlagsOfAShiftDependOnItsCount() {
    Insn shl8 = shift("shl r/m8, cl", 1);
    assertEquals(0, shl8.form.undefinedFlags(shl8, 0));
    assertEquals(0, shl8.form.undefinedFlags(shl8, 32));
    assertEquals(Eflags.AF, shl8.form.undefinedFlags(shl8, 1));
    assertEquals(Eflags.AF | Eflags.OF, shl8.form.undefinedFlags(shl8, 7));
    assertEquals(Eflags.AF | Eflags.OF | Eflags.CF, shl8.form.undefinedFlags(shl8, 8));
    Insn sar8 = shift("sar r/m8, cl", 1);
    assertEquals(Eflags.AF | Eflags.OF, sar8.form.undefinedFlags(sar8, 8));
    Insn rcl = shift("rcl r/m32, cl", 4);
    assertEquals(Eflags.OF, rcl.form.undefinedFlags(rcl, 9));
    Insn shld = shift("shld r/m16, r16, cl", 2);
    assertEquals(Eflags.AF | Eflags.OF, shld.form.undefinedFlags(shld, 16));
    assertEquals(Eflags.STATUS, shld.form.undefinedFlags(shld, 17));
    assertEquals(0, shld.form.flagsReplaced(shld));
  }

  private Insn shift(String notation, int size) {
    Insn insn = new Insn();
    insn.form = only(notation, 0);
    insn.size0 = (byte) size;
    return insn;
  }

  @Test
  void onlyWhatNeedsNothingCannotFault() {
    Insn insn = new Insn();
    for (String notation :
        List.of("add r/m32, r32", "lea r32, m", "cdq", "setb r/m8", "xlat al, xlat8")) {
      insn.form = only(notation);
      insn.kind0 = Insn.REG;
      boolean memory = notation.startsWith("lea") || notation.startsWith("xlat");
      insn.kind1 = (byte) (memory ? Insn.MEM : Insn.REG);
      assertEquals(notation.startsWith("xlat"), insn.form.mayFault(insn), notation);
    }
    for (String notation :
        List.of("div r/m32", "push r32", "cli", "movs edi8, esi8", "fld1", "ud2")) {
      insn.form = only(notation);
      insn.kind0 = Insn.REG;
      insn.kind1 = Insn.NONE;
      assertTrue(insn.form.mayFault(insn), notation);
    }
  }

  @Test
  void accessSaysWhatIsReadAndWritten() {
    Form add = only("add r/m32, r32");
    assertTrue(add.reads(0) && add.writes(0) && add.reads(1) && !add.writes(1));
    Form mov = only("mov r/m32, r32");
    assertTrue(!mov.reads(0) && mov.writes(0));
    Form lea = only("lea r32, m");
    assertFalse(lea.reads(1) || lea.writes(1));
    for (Form form : table.forms()) {
      boolean none =
          form.operation() == Operation.NOP
              || form.operation() == Operation.UD
              || form.operation() == Operation.INVLPG
              || form.operation() == Operation.CLFLUSH;
      if (!form.operands().isEmpty() && !none) {
        assertTrue(form.reads(0) || form.writes(0), form.notation());
      }
      if (form.has(Attribute.LOCK)) {
        assertTrue(form.writes(0) && form.operands().getFirst().allowsMemory(), form.notation());
      }
    }
  }

  @Test
  void notationAndEncodingTogetherNameAForm() {
    Map<String, Form> seen = new HashMap<>();
    for (Form form : table.forms()) {
      Form other = seen.put(form.notation() + "|" + form.encoding().text(), form);
      assertEquals(null, other, form.notation());
      assertEquals(form, table.forms().get(form.id()));
    }
    assertTrue(table.forms().size() > 1000);
  }

  @Test
  void aBadLineIsNamed() {
    String good = "90 | nop | | | 8086 |\n";
    assertEquals(1, read(good).size());
    for (String bad :
        List.of(
            "90 | nop\n",
            "90 | nap | | | 8086 |\n",
            "90 | nop | | | 8085 |\n",
            "90 | nop r9 | | | 8086 |\n",
            "9x | nop | | | 8086 |\n",
            "90 ix | nop | | | 8086 |\n",
            "90 | nop | | w=q | 8086 |\n",
            "90 | nop | | | 8086 | often\n")) {
      Exception e = assertThrows(IllegalStateException.class, () -> read(good + bad));
      assertTrue(e.getMessage().contains("line 2"), e.getMessage());
    }
  }

  private static List<Form> read(String text) {
    TableParser parser = new TableParser(text);
    List<Form> forms = new ArrayList<>();
    for (TableParser.Line line : parser.lines()) {
      for (int condition = 0; condition < line.forms(); condition++) {
        forms.add(parser.form(line, condition));
      }
    }
    assertEquals(parser.forms(), forms.size());
    return forms;
  }

  @Test
  void theFormsOfAnOpcodeAreThoseOfTheTable() {
    for (int opcode = 0; opcode < 4 * 256; opcode++) {
      int map = opcode >> 8;
      int last = opcode & 0xff;
      List<Form> expected =
          table.forms().stream()
              .filter(form -> form.encoding().map() == map)
              .filter(
                  form -> {
                    int first = form.encoding().opcode();
                    int count = form.encoding().registerInOpcode() ? 8 : 1;
                    return last >= first && last < first + count;
                  })
              .toList();
      assertEquals(expected, List.of(table.candidates(map, last)), "opcode %x".formatted(opcode));
    }
  }

  private Form only(String notation) {
    List<Form> forms = table.byNotation(notation);
    assertEquals(1, forms.size(), notation);
    return forms.getFirst();
  }

  private Form only(String notation, int i) {
    return table.byNotation(notation).get(i);
  }
}
