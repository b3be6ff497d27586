package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int trampoline(String... args) {
    return Trampoline.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
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
    assertEquals("hé", out.toString().lines().findFirst().orElse(""));
    assertTrue(out.toString().contains("halted after 10 instructions"), out.toString());
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
    assertEquals("ok!", out.toString().lines().findFirst().orElse(""));
    assertEquals(2, run(echo, "--serial-input", "nosuch"));
    assertEquals("trampoline: nosuch: no such file", err.toString().strip());
  }

  @Test
  void portsAreLogged() throws IOException {
    assertEquals(0, run("movl $0xabcd, %eax; outb %al, $0x80; outw %ax, $0x90; hlt", "--ports"));
    List<String> lines = out.toString().lines().toList();
    assertEquals("out 0x0080 <- 0xcd", lines.get(0));
    assertEquals("out 0x0090 <- 0xabcd", lines.get(1));
  }

  @Test
  void textPortsArePrintedAndNotLogged() throws IOException {
    String source =
        "movb $65, %al; outb %al, $0xe9; movw $0x3bc, %dx; incl %eax; outb %al, %dx;"
            + " outb %al, $0x80; hlt";
    assertEquals(0, run(source, "--ports", "--output-port", "0x3bc"));
    List<String> lines = out.toString().lines().toList();
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
    String first = out.toString().lines().findFirst().orElse("");
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
    JsonNode root = new ObjectMapper().readTree(out.toString());
    assertEquals("hi", root.path("output").asText());
    assertEquals(3, root.path("exitValue").asInt());
    assertEquals(0xe0, root.path("ports").path(0).path("port").asInt());
  }

  @Test
  void anEndlessImageIsBounded() throws IOException {
    assertEquals(1, run("1: jmp 1b", "--max-insns", "1000"));
    assertTrue(out.toString().contains("not finished after 1000 instructions"), out.toString());
  }

  @Test
  void aTripleFaultIsAFailure() throws IOException {
    assertEquals(1, run("lidtl 0; ud2"));
    assertTrue(out.toString().contains("#UD without a handler"), out.toString());
  }

  @Test
  void aResetEndsTheRun() throws IOException {
    assertEquals(0, run("movb $0xfe, %al; outb %al, $0x64; 1: jmp 1b"));
    assertTrue(out.toString().contains("the guest reset the machine"), out.toString());
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
        "--flat IMAGE --load 0 --reg eax=1 | --reg, --at, --fn and --arg are of programs",
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
    assertEquals(2, trampoline(args), out.toString());
    assertTrue(err.toString().contains(message), err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
  }
}
