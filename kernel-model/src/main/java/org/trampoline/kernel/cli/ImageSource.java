package org.trampoline.kernel.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.trampoline.emulator.image.BadImage;
import org.trampoline.emulator.image.BootModule;
import org.trampoline.emulator.image.FlatImage;
import org.trampoline.emulator.image.Image;
import org.trampoline.emulator.image.ImageFormat;
import org.trampoline.emulator.image.RomImage;

/**
 * The image that a command line names.
 *
 * @param name of its file
 */
record ImageSource(String name, Image image) {
  /** Larger files are no images: RAM ends at 2 GB. */
  private static final long LARGEST = 1L << 30;

  /**
   * The image, or nothing if {@code file} is none, so that it has to be assembly source.
   *
   * @param file the argument without option, or null
   * @throws BadInput if it cannot be read, is damaged, or has options that are not for it
   */
  static Optional<ImageSource> of(String file, ImageOptions options) {
    if (options.flat == null && (options.load != null || options.entry != null)) {
      throw new BadInput((options.load != null ? "--load" : "--entry") + ": is for --flat images");
    }
    if (options.flat == null && options.mode != null) {
      throw new BadInput("--mode: is for --flat images");
    }
    int given = (file == null ? 0 : 1) + (options.flat == null ? 0 : 1);
    given += options.rom == null ? 0 : 1;
    if (given > 1) {
      throw new BadInput("run: expected one of FILE, --flat and --rom");
    }
    if (options.flat != null) {
      return Optional.of(flat(options));
    }
    if (options.rom != null) {
      return Optional.of(
          new ImageSource(
              options.rom, checked(options.rom, () -> new RomImage(read(options.rom)))));
    }
    if (file == null || file.equals("-")) {
      return Optional.empty();
    }
    return recognise(file, options);
  }

  private static ImageSource flat(ImageOptions options) {
    if (options.load == null) {
      throw new BadInput("--flat: expected --load ADDR, too");
    }
    byte[] bytes = read(options.flat);
    int entry = options.entry == null ? options.load : options.entry;
    boolean real =
        options.mode != null && ImageOptions.Mode.of(options.mode) == ImageOptions.Mode.real;
    return new ImageSource(
        options.flat, checked(options.flat, () -> new FlatImage(bytes, options.load, entry, real)));
  }

  private static Optional<ImageSource> recognise(String file, ImageOptions options) {
    List<BootModule> modules = new ArrayList<>();
    for (String module : options.modules) {
      String path = module.split(" ", 2)[0];
      modules.add(new BootModule(read(path), module));
    }
    byte[] initrd = options.initrd == null ? new byte[0] : read(options.initrd);
    String append = options.append == null ? "" : options.append;
    byte[] content = read(file);
    ImageFormat.Boot boot = new ImageFormat.Boot(append, modules, initrd);
    return checked(file, () -> ImageFormat.recognise(content, boot))
        .map(image -> new ImageSource(file, image));
  }

  /** Runs something that may find the file bad; the message gets the file's name. */
  static <T> T checked(String name, Supplier<T> action) {
    try {
      return action.get();
    } catch (BadImage e) {
      throw new BadInput(name + ": " + e.getMessage());
    }
  }

  static byte[] read(String file) {
    Path path = Path.of(file);
    try {
      if (Files.isDirectory(path)) {
        throw new BadInput(file + ": is a directory: expected a file");
      }
      if (Files.size(path) > LARGEST) {
        throw new BadInput(file + ": is larger than 1 GB");
      }
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw new BadInput(file + ": no such file");
    } catch (IOException e) {
      throw new BadInput(file + ": cannot be read: " + e.getMessage());
    }
  }
}
