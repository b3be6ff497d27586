package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageMediumTest {
  @TempDir private Path folder;

  @Test
  void whatIsWrittenStaysWithTheMachine() throws IOException {
    byte[] image = new byte[1300];
    image[1299] = 5;
    Path file = Files.write(folder.resolve("disk"), image);
    byte[] sector = new byte[512];
    try (ImageMedium medium = new ImageMedium(file)) {
      assertEquals(3, medium.sectors());
      medium.read(2, sector);
      assertEquals(5, sector[1299 - 1024]);
      assertEquals(0, sector[511], "filled up");
      sector[0] = 9;
      medium.write(0, sector);
      medium.write(2, sector);
      medium.read(0, sector);
      assertEquals(9, sector[0]);
    }
    assertArrayEquals(image, Files.readAllBytes(file));
  }

  @Test
  void anEmptyFileIsNone() throws IOException {
    Path file = Files.createFile(folder.resolve("empty"));
    assertThrows(IllegalArgumentException.class, () -> new ImageMedium(file));
  }
}
