package org.trampoline.kernel.cli;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.trampoline.emulator.engine.Register;
import picocli.CommandLine.TypeConversionException;

/** {@code --reg name=value}: eax … edi or eflags, or a 16- or 8-bit part of a general register. */
final class RegisterOption {
  private static final String PARTS16 = " ax cx dx bx sp bp si di";
  private static final String PARTS8 = " al cl dl bl ah ch dh bh";

  private RegisterOption() {}

  /**
   * Later ones win; parts are put into what earlier ones gave.
   *
   * @throws BadInput naming what is wrong with the first bad one
   */
  static Map<Register, Integer> parse(List<String> options) {
    Map<Register, Integer> values = new EnumMap<>(Register.class);
    for (String option : options) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        throw new BadInput("--reg " + option + ": expected NAME=VALUE");
      }
      put(values, option, option.substring(0, equals).toLowerCase(Locale.ROOT), equals);
    }
    return values;
  }

  private static void put(Map<Register, Integer> values, String option, String name, int equals) {
    int value;
    try {
      value = Numbers.parse(option.substring(equals + 1));
    } catch (TypeConversionException e) {
      throw new BadInput("--reg " + option + ": " + e.getMessage());
    }
    int part16 = PARTS16.indexOf(" " + name);
    int part8 = PARTS8.indexOf(" " + name);
    if (name.length() == 2 && part16 >= 0) {
      merge(values, option, Register.general(part16 / 3), value, 16, 0);
    } else if (name.length() == 2 && part8 >= 0) {
      merge(values, option, Register.general(part8 / 3 & 3), value, 8, part8 / 3 >= 4 ? 8 : 0);
    } else {
      values.put(whole(option, name), value);
    }
  }

  private static Register whole(String option, String name) {
    for (int i = 0; i < 8; i++) {
      if (Register.general(i).name().equalsIgnoreCase(name)) {
        return Register.general(i);
      }
    }
    if (name.equals("eflags")) {
      return Register.EFLAGS;
    }
    throw new BadInput(
        "--reg "
            + option
            + ": no register '"
            + name
            + "': expected eax, ecx, edx, ebx, esp, ebp, "
            + "esi, edi, a 16- or 8-bit part of one, or eflags");
  }

  private static void merge(
      Map<Register, Integer> values,
      String option,
      Register whole,
      int value,
      int bits,
      int shift) {
    if (value >> bits != 0 && value >> bits - 1 != -1) {
      throw new BadInput("--reg " + option + ": out of range: expected " + bits + " bits");
    }
    int mask = (1 << bits) - 1 << shift;
    values.merge(whole, value << shift & mask, (old, part) -> old & ~mask | part);
  }
}
