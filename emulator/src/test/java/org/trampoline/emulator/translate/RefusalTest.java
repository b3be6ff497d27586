package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.HostCalls;

/** Where the host refuses emitted code the interpreter runs, and says why. */
class RefusalTest {
  private static final String DENIED =
      "native access denied: --enable-native-access=ALL-UNNAMED allows it";

  /** A program of an embedder's, in a JVM of its own: what is denied is so for a whole process. */
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      if (arguments.length > 0) {
        // only now, as the JVM's own calls of C functions go by it once
        Machine.builder().build().close();
        System.setProperty("os.arch", arguments[0]);
      }
      System.out.println(run(1 << 20, 1));
      // the same memory again, which has to be zero, and as much as there can be
      System.out.println(run(1 << 20, 1));
      System.out.println(run(1L << 31, 2));
    }

    /**
     * Pages with a directory at 4000H, then counts to 1000 in memory at 5000H and the last word.
     */
    private static String run(long memory, int processors) {
      int last = (int) memory - 4;
      try (Machine machine = Machine.builder().memory(memory).processors(processors, 1).build()) {
        machine.flatProtectedMode();
        machine.load(0x1000, paging(last));
        for (int i = 0; i < 1024; i++) { // pages of 4 MB, all where they are
          machine.ram().set(ValueLayout.JAVA_INT, 0x4000 + 4 * i, i << 22 | 0x83);
        }
        machine.set(Register.EIP, 0x1000);
        StopReason reason = machine.run(100_000);
        return "%s, %d and %d in memory, %s%n%s"
            .formatted(
                reason,
                machine.ram().get(ValueLayout.JAVA_INT, 0x5000),
                machine.ram().get(ValueLayout.JAVA_INT, last & 0xffff_ffffL),
                machine.whyNoTranslator(),
                machine.statistics().describe().lines().findFirst().orElseThrow());
      }
    }

    private static byte[] paging(int last) {
      HostAssembler a = new HostAssembler();
      a.emit8(0x0f, 0x20, 0xe0, 0x0c, 0x10, 0x0f, 0x22, 0xe0); // CR4.PSE
      a.emit8(0xb8, 0x00, 0x40, 0x00, 0x00, 0x0f, 0x22, 0xd8); // CR3 = 4000H
      a.emit8(0x0f, 0x20, 0xc0, 0x0d, 0x00, 0x00, 0x00, 0x80, 0x0f, 0x22, 0xc0); // CR0.PG
      a.emit8(0xb9, 0xe8, 0x03, 0x00, 0x00); // mov ecx,1000
      a.emit8(0xff, 0x05, 0x00, 0x50, 0x00, 0x00); // again: inc dword [5000H]
      a.emit8(0xff, 0x05, last, last >> 8, last >> 16, last >> 24); // inc dword [last]
      a.emit8(0xb8, 0x00, 0x40, 0x00, 0x00); // mov eax,4000H
      a.emit8(0x0f, 0x22, 0xd8); // mov cr3,eax, of which nothing is to be seen
      a.emit8(0x49, 0x75, 0xe9, 0xf4); // dec ecx; jnz again; hlt
      byte[] code = new byte[a.length()];
      System.arraycopy(a.bytes(), 0, code, 0, code.length);
      return code;
    }
  }

  private static String program(String option, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(option);
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private static String allThree(String reason) {
    return """
    Halted[], 1000 and 1000 in memory, %1$s
    interpreter, because %1$s
    """
        .formatted(reason)
        .repeat(3);
  }

  @Test
  void nativeAccessIsDenied() throws Exception {
    assumeTrue(CodeMemory.supported(System.getProperty("os.name"), System.getProperty("os.arch")));
    assertEquals(allThree(DENIED), program("--illegal-native-access=deny"));
  }

  @Test
  void theHostIsOfAnotherArchitecture() throws Exception {
    assertEquals(
        allThree(
            "it emits x86-64 code for Linux, and this is %s on aarch64"
                .formatted(System.getProperty("os.name"))),
        program("--enable-native-access=ALL-UNNAMED", "aarch64"));
  }

  @Test
  void theHostAllowsNoExecutableMemory() {
    assumeTrue(CodeMemory.supported(System.getProperty("os.name"), System.getProperty("os.arch")));
    int executable = 4;
    List<Integer> refused = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      CodeMemory.Mapping host =
          (at, bytes, protection, flags, file) -> {
            if ((protection & executable) != 0) {
              refused.add(protection);
              return -1;
            }
            return HostCalls.mmap(at, bytes, protection, flags, file);
          };
      var e =
          assertThrows(
              TranslatorUnavailableException.class, () -> CodeMemory.map(arena, 4096, 4096, host));
      assertEquals("the host refuses executable memory", e.getMessage());
    }
    // executable only, and when that is not to be had writable, too
    assertEquals(List.of(5, 7), refused);
  }

  @Test
  void theHostHasNoFilesInMemory() {
    assumeTrue(CodeMemory.supported(System.getProperty("os.name"), System.getProperty("os.arch")));
    try (Arena arena = Arena.ofConfined()) {
      CodeMemory memory =
          CodeMemory.map(
              arena,
              4096,
              4096,
              (at, bytes, protection, flags, file) ->
                  file >= 0 ? -1 : HostCalls.mmap(at, bytes, protection, flags, file));
      assertTrue(!memory.separate());
      assertEquals(memory.executable(), memory.writable().address());
    }
  }
}
