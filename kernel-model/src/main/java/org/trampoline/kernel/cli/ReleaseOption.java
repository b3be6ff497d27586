package org.trampoline.kernel.cli;

import org.trampoline.kernel.KernelVersion;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code --kernel 2.6.11}: a kernel by its release. */
final class ReleaseOption implements ITypeConverter<KernelVersion> {
  ReleaseOption() {}

  @Override
  public KernelVersion convert(String text) {
    KernelVersion version = KernelVersion.of(text);
    if (version == null) {
      throw new TypeConversionException(
          "'" + text + "' is not modelled: expected 2.6.11 or 2.6.20");
    }
    return version;
  }
}
