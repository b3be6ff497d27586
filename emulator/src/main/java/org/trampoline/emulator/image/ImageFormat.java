package org.trampoline.emulator.image;

import java.util.List;
import java.util.Optional;

/** The kinds of image that are recognised by their header. */
public final class ImageFormat {
  private ImageFormat() {}

  /** What a kernel is given by its boot loader. */
  public record Boot(String commandLine, List<BootModule> modules, byte[] initrd) {}

  /**
   * The image in a file, or nothing if it has no header of a known kind.
   *
   * @throws BadImage if it has, but is damaged or of a kind that cannot be run here
   */
  public static Optional<Image> recognise(byte[] content, Boot boot) {
    ImageFile file = new ImageFile(content);
    if (LinuxImage.recognised(file)) {
      return Optional.of(new LinuxImage(content, boot.commandLine(), boot.initrd()));
    }
    if (MultibootImage.header(file) >= 0) {
      return Optional.of(new MultibootImage(content, boot.commandLine(), boot.modules()));
    }
    if (ElfImage.recognised(file)) {
      return Optional.of(new ElfImage(content));
    }
    return Optional.empty();
  }
}
