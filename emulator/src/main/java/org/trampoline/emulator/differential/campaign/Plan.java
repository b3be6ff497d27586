package org.trampoline.emulator.differential.campaign;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.differential.cases.CaseGenerator;

/**
 * What a campaign is to execute. The same plan gives the same cases on any machine.
 *
 * @param seed of the case generator
 * @param cases how many, at least 1
 * @param forms in the table's order
 */
public record Plan(long seed, long cases, List<Form> forms) {
  public Plan {
    if (cases < 1) {
      throw new IllegalArgumentException(cases + " cases: expected at least 1");
    }
    if (forms.isEmpty()) {
      throw new IllegalArgumentException("no form is left to be executed");
    }
    forms = List.copyOf(forms);
  }

  /**
   * The forms that a user asks for.
   *
   * @param groups those of these groups; of all, if empty
   * @param notations of these notations in the instruction table, as {@code add r/m32, r32}; all,
   *     if empty
   * @throws IllegalArgumentException if the table has no such form, or none that can be executed
   */
  public static List<Form> select(Set<FormGroup> groups, Collection<String> notations) {
    List<Form> all = InstructionTable.get().forms();
    for (String notation : notations) {
      if (all.stream().noneMatch(form -> form.notation().equals(notation))) {
        throw new IllegalArgumentException(
            "no form '" + notation + "': expected one of the instruction table" + near(notation));
      }
    }
    return all.stream()
        .filter(form -> CaseGenerator.whyNot(form) == null)
        .filter(form -> groups.isEmpty() || groups.contains(FormGroup.of(form)))
        .filter(form -> notations.isEmpty() || notations.contains(form.notation()))
        .toList();
  }

  /** Forms with the same mnemonic, for who has mistyped the operands. */
  private static String near(String notation) {
    String mnemonic = notation.split(" ", 2)[0];
    List<String> near =
        InstructionTable.get().forms().stream()
            .filter(form -> form.mnemonic().equals(mnemonic))
            .map(Form::notation)
            .distinct()
            .limit(6)
            .toList();
    return near.isEmpty() ? "" : ", for instance '" + String.join("', '", near) + "'";
  }

  /** A number that is the same for plans with equal seed and forms, whatever their length. */
  public long identity() {
    CRC32 sum = new CRC32();
    for (Form form : forms) {
      sum.update(
          (form.encoding().text() + "|" + form.notation() + "\n")
              .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return sum.getValue() << 32 ^ seed * 0x9e37_79b9L & 0xffff_ffffL;
  }
}
