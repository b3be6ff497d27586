package org.trampoline.kernel.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.lang.foreign.ValueLayout;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.kernel.trace.InsnText;

/** Runs a {@link Snippet} and shows how it ended. */
final class SnippetRun {
  private static final int TEXT_COLUMN = 36;
  private static final int CHANGES_COLUMN = 70;

  private final Snippet snippet;

  private final long limit;
  private final boolean trace;
  private final PrintWriter out;

  /**
   * @param limit instructions at most
   */
  SnippetRun(Snippet snippet, long limit, boolean trace, PrintWriter out) {
    this.snippet = snippet;
    this.limit = limit;
    this.trace = trace;
    this.out = out;
  }

  /** Runs, prints registers and flags; exit status 0, or 1 if the program failed. */
  int asText() {
    StopReason reason = trace ? traced((line, changes) -> out.println(line + changes)) : run();
    new CpuState(snippet.engine()).print(out);
    out.println(describe(reason));
    out.flush();
    return snippet.isEnd(reason) ? 0 : 1;
  }

  /** Runs, prints one JSON object. */
  int asJson() {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    StopReason reason;
    if (trace) {
      ArrayNode steps = root.putArray("trace");
      reason =
          traced(
              (line, changes) -> {
                ObjectNode step = steps.addObject();
                step.put("instruction", line.stripTrailing());
                step.put("changes", changes);
              });
    } else {
      reason = run();
    }
    new CpuState(snippet.engine()).json(root.putObject("registers"));
    root.put("instructions", snippet.engine().instructions());
    root.put("ended", snippet.isEnd(reason));
    root.put("reason", describe(reason));
    out.println(root.toPrettyString());
    out.flush();
    return snippet.isEnd(reason) ? 0 : 1;
  }

  private StopReason run() {
    return snippet.engine().run(limit);
  }

  private interface Line {
    void add(String instruction, String changes);
  }

  private StopReason traced(Line sink) {
    Engine engine = snippet.engine();
    InsnText text = new InsnText();
    CpuState before = new CpuState(engine);
    for (long k = 0; k < limit; k++) {
      int eip = before.eip();
      StringBuilder line =
          text.line(engine, eip, offset -> code(engine, eip + offset)).at(TEXT_COLUMN);
      InsnText.pad(line, CHANGES_COLUMN);
      StopReason reason = engine.run(1);
      CpuState after = new CpuState(engine);
      sink.add(line.toString(), after.changesSince(before));
      if (!(reason instanceof StopReason.InstructionLimit)) {
        return reason;
      }
      if (after.eip() == snippet.code().end()) {
        return new StopReason.Reached(after.eip());
      }
      before = after;
    }
    return new StopReason.InstructionLimit();
  }

  /** A byte of code; there is no paging. What cannot be seen is shown as FFH. */
  private static int code(Engine engine, int address) {
    long physical = address & 0xffff_ffffL;
    boolean visible = physical < engine.ram().byteSize();
    return visible ? engine.ram().get(ValueLayout.JAVA_BYTE, physical) & 0xff : 0xff;
  }

  private String describe(StopReason reason) {
    long count = snippet.engine().instructions();
    return reason instanceof StopReason.Reached && snippet.isEnd(reason)
        ? "reached the end" + StopText.after(count)
        : StopText.of(reason, count);
  }
}
