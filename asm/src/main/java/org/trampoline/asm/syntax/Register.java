package org.trampoline.asm.syntax;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A register of 16- and 32-bit code.
 *
 * @param name without {@code %}; lower case
 * @param kind what it is
 * @param size in bytes
 * @param number as encoded in an instruction
 */
public record Register(String name, Kind kind, int size, int number) {
  /** The register files. */
  public enum Kind {
    GENERAL,
    SEGMENT,
    CONTROL,
    DEBUG,
    TEST,
    X87,
    MMX,
    XMM
  }

  private static final Map<String, Register> BY_NAME = new HashMap<>();

  static {
    add(Kind.GENERAL, 4, "eax ecx edx ebx esp ebp esi edi");
    add(Kind.GENERAL, 2, "ax cx dx bx sp bp si di");
    add(Kind.GENERAL, 1, "al cl dl bl ah ch dh bh");
    add(Kind.SEGMENT, 2, "es cs ss ds fs gs");
    add(Kind.CONTROL, 4, "cr0 cr1 cr2 cr3 cr4 cr5 cr6 cr7");
    add(Kind.DEBUG, 4, "dr0 dr1 dr2 dr3 dr4 dr5 dr6 dr7");
    add(Kind.DEBUG, 4, "db0 db1 db2 db3 db4 db5 db6 db7");
    add(Kind.TEST, 4, "tr0 tr1 tr2 tr3 tr4 tr5 tr6 tr7");
    add(Kind.X87, 10, "st(0) st(1) st(2) st(3) st(4) st(5) st(6) st(7)");
    add(Kind.MMX, 8, "mm0 mm1 mm2 mm3 mm4 mm5 mm6 mm7");
    add(Kind.XMM, 16, "xmm0 xmm1 xmm2 xmm3 xmm4 xmm5 xmm6 xmm7");
    BY_NAME.put("st", BY_NAME.get("st(0)"));
  }

  private static void add(Kind kind, int size, String names) {
    int number = 0;
    for (String name : names.split(" ", -1)) {
      BY_NAME.put(name, new Register(name, kind, size, number++));
    }
  }

  /** Looks a register up; null if there is none of that name. */
  static Register named(String name) {
    return BY_NAME.get(name.toLowerCase(Locale.ROOT));
  }

  /** Reads a register from behind its {@code %}. */
  static Register parse(Cursor cursor) {
    int start = cursor.position();
    String name = cursor.word();
    if (name.equalsIgnoreCase("st") && cursor.accept('(')) {
      name = "st(" + cursor.word() + ")";
      cursor.expect(')', "after the register's number");
    }
    Register register = named(name);
    if (register == null) {
      String written = "%" + cursor.text().substring(start, start + name.length());
      throw cursor
          .location()
          .error(
              isOf64Bits(name)
                  ? "register of 64-bit code; expected one of 16- or 32-bit code"
                  : "unknown register",
              written);
    }
    return register;
  }

  private static boolean isOf64Bits(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.matches(
        "r(ax|bx|cx|dx|si|di|sp|bp|ip|[89]|1[0-5])[bwdl]?|[sd]il|[sb]pl|xmm\\d\\d?");
  }

  @Override
  public String toString() {
    return "%" + name;
  }
}
