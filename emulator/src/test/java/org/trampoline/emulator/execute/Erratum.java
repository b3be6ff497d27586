package org.trampoline.emulator.execute;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;

/**
 * A way in which Unicorn may differ from our machine; the header of unicorn-errata.txt explains the
 * columns.
 */
record Erratum(Pattern forms, When when, What what, String why) {
  enum When {
    ALWAYS,
    REGISTER,
    LOCK,
    PAGE_FAULT,
    RMW_FAULT,
    SPLIT,
    NEGATIVE,
    WRAPS
  }

  enum What {
    ALL,
    FLAGS,
    WRITE_BIT,
    CR2,
    ESP,
    PUSHED_HALF,
    UPPER_HALF,
    EBP_HALF,
    ADDRESS
  }

  /** All of the list. */
  static List<Erratum> list() {
    List<Erratum> list = new ArrayList<>();
    try (InputStream in = Erratum.class.getResourceAsStream("unicorn-errata.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] columns = line.split(" \\| ", 4);
          list.add(
              new Erratum(
                  Pattern.compile(columns[0]),
                  When.valueOf(constant(columns[1])),
                  What.valueOf(constant(columns[2])),
                  columns[3]));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return list;
  }

  private static String constant(String text) {
    return text.trim().replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** Whether it speaks of this form. */
  boolean concerns(Form form) {
    return forms.matcher(form.encoding().text() + " | " + form.notation()).matches();
  }

  /**
   * Whether it applies to a case of such a form.
   *
   * @param pageFault whether it ended in #PF
   */
  boolean applies(FormCase c, boolean pageFault) {
    Insn insn = c.insn;
    return switch (when) {
      case ALWAYS -> true;
      case REGISTER -> insn.kind0 == Insn.REG && insn.kind1 != Insn.MEM;
      case LOCK -> insn.lock;
      case PAGE_FAULT -> pageFault;
      case RMW_FAULT -> pageFault && modifiesMemory(insn);
      case SPLIT -> pageFault && modifiesMemory(insn) && (c.target & 0xfff) + insn.size0 > 0x1000;
      case NEGATIVE -> (short) insn.imm < 0;
      case WRAPS -> c.target < 0 && c.target >= -16;
    };
  }

  private static boolean modifiesMemory(Insn insn) {
    return insn.kind0 == Insn.MEM && insn.form.reads(0) && insn.form.writes(0);
  }
}
