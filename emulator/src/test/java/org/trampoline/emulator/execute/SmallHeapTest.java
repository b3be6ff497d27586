package org.trampoline.emulator.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.engine.Register;

/** What is derived from guest code stays within the Java heap, however small that is. */
class SmallHeapTest {
  private static final int PASSES = 150_000;

  /** In a JVM of its own: guests that rewrite their loop, and that never execute code twice. */
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      ExecutionEngine engine = ExecutionEngine.valueOf(arguments[0]);
      // again: inc eax; mov [next+1],eax; next: mov edx,0; add ebx,edx; dec ecx; jnz again; hlt
      run(engine, "40 a3 07 10 00 00 ba 00 00 00 00 01 d3 49 75 f0 f4");
      // again: mov byte [edi],b8; mov [edi+1],ecx; mov byte [edi+5],c3; call edi; add ebx,eax;
      // add edi,6; and edi,0ffffffh; or edi,100000h; dec ecx; jnz again; hlt
      run(
          engine,
          "c6 07 b8 89 4f 01 c6 47 05 c3 ff d7 01 c3 83 c7 06 81 e7 ff ff ff 00"
              + " 81 cf 00 00 10 00 49 75 e0 f4");
    }

    private static void run(ExecutionEngine engine, String code) {
      byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(code);
      try (Machine machine = Machine.builder().memory(32 << 20).engine(engine).build()) {
        machine.flatProtectedMode();
        machine.load(0x1000, bytes);
        machine.set(Register.ESP, 0x8000);
        machine.set(Register.EDI, 0x10_0000);
        machine.set(Register.ECX, PASSES);
        machine.set(Register.EIP, 0x1000);
        System.out.println(machine.run(Long.MAX_VALUE) + " " + machine.get(Register.EBX));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void codeThatIsEverNewDoesNotExhaustIt(ExecutionEngine engine)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                engine.name())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    int sum = (int) (PASSES * (PASSES + 1L) / 2);
    assertEquals(
        List.of("Halted[] " + sum, "Halted[] " + sum), output.lines().toList(), engine.toString());
  }

  @Test
  void aShareIsAPartOfTheHeapAndNotMoreThanIsOfUse() {
    assertEquals(1 << 20, HeapShare.of(1 << 20, 100, 0, 1L << 40));
    assertEquals((1 << 30) / 8 / 1024, HeapShare.of(1 << 20, 1024, 0, 1 << 30));
    assertEquals((1 << 30) / 64 / 1024, HeapShare.of(1 << 20, 1024, 7, 1 << 30));
    assertEquals(4096, HeapShare.of(1 << 20, 1024, 0, 1 << 20));
  }
}
