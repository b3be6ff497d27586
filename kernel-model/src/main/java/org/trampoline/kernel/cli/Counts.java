package org.trampoline.kernel.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A count: digits, with underscores if wanted, and k (or K), M or G for thousands, millions,
 * milliards.
 */
final class Counts implements ITypeConverter<Long> {
  Counts() {}

  @Override
  public Long convert(String text) {
    String digits = text.replace("_", "");
    long unit = 1;
    if (!digits.isEmpty()) {
      unit =
          switch (digits.charAt(digits.length() - 1)) {
            case 'k', 'K' -> 1_000;
            case 'M' -> 1_000_000;
            case 'G' -> 1_000_000_000;
            default -> 1;
          };
    }
    if (unit != 1) {
      digits = digits.substring(0, digits.length() - 1);
    }
    try {
      long value = Math.multiplyExact(Long.parseLong(digits), unit);
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // said below
    }
    throw new TypeConversionException("'" + text + "': expected a count such as 20000 or 20M");
  }
}
