package org.trampoline.kernel.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An amount of RAM on the command line: {@code 64M}, {@code 1G}; whole megabytes, 4 MB to 2 GB. */
final class MemorySize implements ITypeConverter<Long> {
  private static final long SMALLEST = 4L << 20;
  private static final long LARGEST = 2L << 30;

  @Override
  public Long convert(String text) {
    int shift = text.endsWith("G") ? 30 : text.endsWith("M") ? 20 : -1;
    try {
      long number = shift < 0 ? -1 : Long.parseLong(text.substring(0, text.length() - 1));
      long bytes = number << shift;
      if (number > 0 && number <= 2048 && bytes >= SMALLEST && bytes <= LARGEST) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // as for every other text that is no size
    }
    throw new TypeConversionException("'" + text + "' is no memory size: expected 4M to 2G");
  }
}
