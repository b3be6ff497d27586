package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;

/** {@code trampoline run} with images as a user meets it. */
class ImageCommandTest {
  @TempDir private Path folder;

  private String out;
  private String err;

  private int trampoline(String... args) {
    CommandResult result = CommandResult.of(args);
    out = result.out();
    err = result.error();
    return result.status();
  }

  private String flat(String source, int origin) throws IOException {
    byte[] code = Assembler.assemble(new Source("t.S", source), origin, Map.of()).bytes();
    return Files.write(folder.resolve("image.bin"), code).toString();
  }

  private int run(String source, String... options) throws IOException {
    List<String> args = new ArrayList<>(List.of("run", "--flat", flat(source, 0x8000)));
    args.addAll(List.of("--load", "0x8000"));
    args.addAll(List.of(options));
    return trampoline(args.toArray(String[]::new));
  }

  /** Sends the letters of a word to COM1. */
  @SuppressWarnings("OrphanedFormatString") // %dx is a register
  private static String print(String word) {
    StringBuilder source = new StringBuilder("movw $0x3f8, %dx\n");
    for (byte b : word.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      source.append("movb $").append(b).append(", %al; outb %al, %dx\n");
    }
    return source.toString();
  }

  @Test
  void serialOutputAppears() throws IOException {
    assertEquals(0, run(print("hé\n") + "hlt"));
    assertEquals("hé", out.lines().findFirst().orElse(""));
    assertTrue(out.contains("halted after 10 instructions"), out);
  }

  @Test
  void theScreenIsShownAtTheEnd() throws IOException {
    assertEquals(0, run("movl $0x07610748, 0xb8000\nmovl $0x0721, 0xb80a4\nhlt", "--screen"));
    assertTrue(out.startsWith("Ha\n  !\neax"), out);
    assertEquals(0, run("movw $0x0748, 0xb8000\nhlt", "--screen", "--json"));
    JsonNode json = new ObjectMapper().readTree(out);
    assertEquals("H", json.get("screen").get(0).asText());
  }

  @Test
  void aDiskCanBeRead() throws IOException {
    byte[] image = new byte[1024];
    image[512] = 'D';
    String disk = Files.write(folder.resolve("disk.img"), image).toString();
    String program =
        """
                movw $0x1f2, %dx
                movb $1, %al
                outb %al, %dx
                incw %dx
                outb %al, %dx               # sector 1
                xorl %eax, %eax
                incw %dx
                outb %al, %dx
                incw %dx
                outb %al, %dx
                incw %dx
                movb $0xe0, %al
                outb %al, %dx
                incw %dx
                movb $0x20, %al
                outb %al, %dx
                movw $0x1f0, %dx
                movl $0x9000, %edi
                movl $128, %ecx
                rep insl
                movb 0x9000, %al
                movw $0x3f8, %dx
                outb %al, %dx
                hlt
        """;
    assertEquals(0, run(program, "--disk", disk));
    assertTrue(out.startsWith("D\n"), out);
    assertEquals(2, run("hlt", "--disk", folder.resolve("none").toString()));
    assertTrue(err.contains("none: no such file"), err);
  }

  /** Debian's seabios: boots from the disk, whose boot sector prints through INT 10H. */
  @Test
  void aBiosBootsFromTheDisk() throws IOException {
    Path bios = Path.of("/usr/share/seabios/bios.bin");
    Path video = Path.of("/usr/share/seabios/vgabios-isavga.bin");
    assumeTrue(Files.exists(bios) && Files.exists(video), "SeaBIOS is not installed");
    byte[] code = {
      (byte) 0xb8, 'B', 0x0e, (byte) 0xbb, 7, 0, (byte) 0xcd, 0x10, (byte) 0xfa, (byte) 0xf4
    };
    byte[] image = java.util.Arrays.copyOf(code, 1 << 20);
    image[510] = 0x55;
    image[511] = (byte) 0xaa;
    String disk = Files.write(folder.resolve("boot.img"), image).toString();
    String[] args = {
      "run", "--rom", bios.toString(), "--video-bios", video.toString(), "--disk", disk, "--screen"
    };
    assertEquals(0, trampoline(args), err);
    assertTrue(out.contains("\nBooting from Hard Disk...\nB\neax"), out);
  }

  @Test
  void serialInputArrives() throws IOException {
    String input = Files.writeString(folder.resolve("input"), "ok!").toString();
    String echo =
        """
                movl $3, %ecx
        1:      movw $0x3fd, %dx
                inb %dx, %al
                testb $1, %al
                jz 1b
                movw $0x3f8, %dx
                inb %dx, %al
                outb %al, %dx
                loop 1b
                hlt
        """;
    assertEquals(0, run(echo, "--serial-input", input));
    assertEquals("ok!", out.lines().findFirst().orElse(""));
    assertEquals(2, run(echo, "--serial-input", "nosuch"));
    assertEquals("trampoline: nosuch: no such file", err.strip());
  }

  @Test
  void portsAreLogged() throws IOException {
    assertEquals(0, run("movl $0xabcd, %eax; outb %al, $0x80; outw %ax, $0x90; hlt", "--ports"));
    List<String> lines = out.lines().toList();
    assertEquals("out 0x0080 <- 0xcd", lines.get(0));
    assertEquals("out 0x0090 <- 0xabcd", lines.get(1));
  }

  @Test
  void textPortsArePrintedAndNotLogged() throws IOException {
    String source =
        "movb $65, %al; outb %al, $0xe9; movw $0x3bc, %dx; incl %eax; outb %al, %dx;"
            + " outb %al, $0x80; hlt";
    assertEquals(0, run(source, "--ports", "--output-port", "0x3bc"));
    List<String> lines = out.lines().toList();
    assertEquals("AB", lines.get(0));
    assertEquals("out 0x0080 <- 0x42", lines.get(1));
  }

  @ParameterizedTest
  @CsvSource({"0xf4, 0, 1", "0xf4, 16, 33", "0xe0, 7, 7", "0xe0, 0, 0"})
  void exitPort(String port, int value, int status) throws IOException {
    String source = "movb $" + value + ", %al; outb %al, $" + port + "; hlt";
    assertEquals(status, run(source, "--exit-port", port));
  }

  @Test
  void realModeAndTrace() throws IOException {
    assertEquals(0, run(".code16; movw $0x1234, %ax; hlt", "--mode", "real", "--trace"));
    String first = out.lines().findFirst().orElse("");
    assertTrue(first.startsWith("00008000  b8 34 12 "), first);
    assertTrue(first.contains("eax=00001234"), first);
  }

  @Test
  void jsonIsOneObject() throws IOException {
    assertEquals(
        3,
        run(
            print("hi") + "movb $3, %al; outb %al, $0xe0",
            "--json",
            "--ports",
            "--exit-port",
            "0xe0"));
    JsonNode root = new ObjectMapper().readTree(out);
    assertEquals("hi", root.path("output").asText());
    assertEquals(3, root.path("exitValue").asInt());
    assertEquals(0xe0, root.path("ports").path(0).path("port").asInt());
  }

  @Test
  void anEndlessImageIsBounded() throws IOException {
    assertEquals(1, run("1: jmp 1b", "--max-insns", "1000"));
    assertTrue(out.contains("not finished after 1000 instructions"), out);
  }

  @Test
  void aTripleFaultIsAFailure() throws IOException {
    assertEquals(1, run("lidtl 0; ud2"));
    assertTrue(out.contains("#UD without a handler"), out);
  }

  @Test
  void aResetEndsTheRun() throws IOException {
    assertEquals(0, run("movb $0xfe, %al; outb %al, $0x64; 1: jmp 1b"));
    assertTrue(out.contains("the guest reset the machine"), out);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--flat nosuch --load 0 | nosuch: no such file",
        "--flat IMAGE | --flat: expected --load ADDR, too",
        "--flat IMAGE --load 0 --mode unreal | --mode unreal: expected real or protected",
        "--flat IMAGE --load 0x100000 --mode real | entry 0x100000: expected an address below 1 MB",
        "--flat IMAGE --load 0x3fffffff | there are 64 MB, see --memory",
        "--flat IMAGE --load 0 --memory 3M | '3M' is no memory size: expected 4M to 2G",
        "--flat IMAGE --load 0 --memory 64 | '64' is no memory size",
        "--flat IMAGE --load 0 --exit-port 0x10000 | expected 0 to 0xffff",
        "--flat IMAGE --load 0 --rom IMAGE | expected one of FILE, --flat and --rom",
        "--flat IMAGE --load 0 --cpu 80286 | no CPU model '80286'",
        "--flat IMAGE --load 0 --engine unicorn | images need devices",
        "--flat IMAGE --load 0 --reg eax=1 | --reg, --at, --fn, --arg and --kernel are of programs",
        "--rom IMAGE | expected 65536, 131072 or 262144",
        "--load 0 | --load: is for --flat images",
        "--ports | --ports is for images",
        "ELF64 | is a 64-bit ELF file",
        "DIRECTORY --memory 4M | is a directory: expected a file",
      })
  void badInputGetsOneLine(String arguments, String message) throws IOException {
    String image = flat("hlt", 0);
    Files.write(folder.resolve("elf64"), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0});
    String[] args =
        ("run " + arguments.strip())
            .replace("IMAGE", image)
            .replace("ELF64", folder.resolve("elf64").toString())
            .replace("DIRECTORY", folder.toString())
            .split(" ");
    assertEquals(2, trampoline(args), out);
    assertTrue(err.contains(message), err);
    assertEquals(1, err.lines().count(), err);
  }
}
