package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.kernel.scenario.Scenarios;

/** The main job from the command line. */
class RunMainJobTest {
  @TempDir Path directory;
  private int status;
  private String error;

  private List<String> run(String... args) {
    CommandResult result = CommandResult.of(args);
    status = result.status();
    error = result.error().stripTrailing();
    return result.lines();
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  @Test
  void theTrampolineIsShownInstructionByInstruction() {
    List<String> out = run("run");
    assertEquals(0, status, error);
    assertTrue(out.getFirst().startsWith("copy_thread: pid 2, pt_regs at c0"));
    assertTrue(out.contains("  edx       00000029  arg, 41"));
    assertTrue(out.contains("  eflags    00000286  IF SF PF"));
    int helper = out.indexOf("kernel_thread_helper:");
    List<String> bytes =
        out.subList(helper + 1, helper + 6).stream()
            .map(line -> line.substring(12, 34).strip())
            .toList();
    assertEquals(List.of("89 d0", "52", "ff d3", "50"), bytes.subList(0, 4));
    assertTrue(bytes.get(4).startsWith("e8 "));
    assertTrue(out.get(helper + 1).endsWith("mov    %edx,%eax                   eax=00000029"));
    assertEquals("do_exit(42)", out.getLast());
  }

  @ParameterizedTest
  @CsvSource({"41, 42", "0x10, 17", "-1, 0", "-2, -1", "0x7fffffff, -2147483648"})
  void theLastLineIsWhatFnReturned(String argument, int result) throws IOException {
    String inc = file("inc.S", "incl %eax\nret\n");
    List<String> out = run("run", "--fn", inc, "--arg", argument);
    assertEquals(0, status, error);
    assertEquals("do_exit(" + result + ")", out.getLast());
  }

  @Test
  void theOtherKernelRunsIt() {
    assertEquals("do_exit(42)", run("run", "--kernel", "2.6.20").getLast());
  }

  @Test
  void fnMayCallTheKernel() throws IOException {
    String fn =
        file(
            "fn.S",
            """
                    pushl   4(%esp)
                    pushl   $text
                    call    printk
                    addl    $8, %esp
                    movl    $7, %eax
                    ret
            text:   .asciz  "arg is %d\\n"
            """);
    List<String> out = run("run", "--fn", fn);
    assertEquals(0, status, error);
    assertTrue(out.contains("  printk: arg is 41"));
    assertEquals("do_exit(7)", out.getLast());
  }

  @Test
  void traceShowsFnToo() {
    assertEquals(3, run("run", "--trace").size() - run("run").size(), "fn.S has three");
  }

  @Test
  void jsonSaysTheSame() throws IOException {
    List<String> out = run("run", "--json");
    assertEquals(0, status, error);
    JsonNode json = new ObjectMapper().readTree(String.join("\n", out));
    assertEquals("0x00000286", json.at("/copy_thread/pt_regs/eflags").asText());
    assertEquals(5, json.at("/instructions").size());
    assertEquals("89 d0", json.at("/instructions/0/bytes").asText());
    assertEquals("0x00000029", json.at("/instructions/0/changes/eax").asText());
    assertEquals(42, json.at("/do_exit/code").asInt());
  }

  /** A bad pointer in fn: the thread is killed, the kernel goes on. */
  @Test
  void aBugInFnIsAnOops() throws IOException {
    List<String> out = run("run", "--fn", file("fn.S", "movl 0x10, %eax; ret"));
    assertEquals(1, status);
    assertTrue(
        out.contains(
            "  printk: Unable to handle kernel NULL pointer dereference at virtual address"
                + " 00000010"));
    assertTrue(out.contains("the kernel oopsed"));
    assertEquals("do_exit(11)", out.getLast());
  }

  @ParameterizedTest
  @CsvSource({"ud2", "'xorl %ecx,%ecx; divl %ecx'", "'jmp *%eax'", "int3", "'lidt 0; int $0x40'"})
  void hostileFnNeverBreaksTheHost(String code) throws IOException {
    List<String> out = run("run", "--max-insns", "1000000", "--fn", file("fn.S", code + "; ret"));
    assertTrue(status == 0 || status == 1, error);
    assertEquals("", error);
    assertFalse(out.isEmpty());
  }

  @Test
  void anEndlessLoopEndsAtTheLimit() throws IOException {
    List<String> out = run("run", "--max-insns", "100000", "--fn", file("fn.S", "1: jmp 1b"));
    assertEquals(1, status);
    assertTrue(
        out.contains("not finished after 100000 instructions: more are allowed by --max-insns"));
  }

  @Test
  void aThreadThatSleepsIsNotAnEnd() throws IOException {
    String sleep =
        file(
            "fn.S",
            """
            movl    $-THREAD_SIZE, %eax
            andl    %esp, %eax
            movl    TI_task(%eax), %eax
            movl    $TASK_INTERRUPTIBLE, TASK_state(%eax)
            call    schedule
            ret
            """);
    List<String> out = run("run", "--fn", sleep);
    assertEquals(1, status);
    assertTrue(out.contains("the thread has not exited: the kernel is idle and it sleeps"));
  }

  @Test
  void badInputIsOneLine() throws IOException {
    String wrong = file("wrong.S", "ret\nfoo %eax\n");
    String undefined = file("undefined.S", "call nowhere\n");
    String empty = file("empty.S", "# nothing\n");
    for (String[] args :
        new String[][] {
          {"run", "--fn", wrong},
          {"run", "--fn", undefined},
          {"run", "--fn", empty},
          {"run", "--fn", directory.resolve("absent.S").toString()},
          {"run", "--arg", "5000000000"},
          {"run", "--arg", "x"},
          {"run", "--kernel", "2.4"},
          {"run", "--reg", "eax=1"},
          {"run", "--arg", "1", wrong},
          {"run", "--max-insns", "0"},
          {"kernel", "nonsense"}
        }) {
      run(args);
      assertEquals(2, status, String.join(" ", args));
      assertEquals(1, error.lines().count(), error);
    }
    run("run", "--fn", wrong);
    assertTrue(error.contains("wrong.S:2:"), error);
    run("run", "--fn", undefined);
    assertTrue(error.contains("nowhere"), error);
  }

  @Test
  void pageOffsetPrintsALinePerAccess() {
    List<String> out = run("kernel", "page-offset");
    assertEquals(0, status, error);
    assertEquals(9, out.size());
    assertTrue(
        out.get(1)
            .endsWith(
                "0x00001000  #PF, CR2 0x00001000, error 0x0000: not present, read, supervisor;"
                    + " -EFAULT by the exception table"));
    assertTrue(
        out.getLast()
            .endsWith(
                "0xc0001000  #PF, CR2 0xc0001000, error 0x0005: protection, read, user; SIGSEGV"));
  }

  @Test
  void bootPrintsTheEvents() {
    List<String> out = run("kernel");
    assertEquals(0, status, error);
    assertTrue(out.getLast().contains("lazy TLB swapper:0"));
    assertEquals(Scenarios.all().size(), run("kernel", "--list").size());
  }
}
