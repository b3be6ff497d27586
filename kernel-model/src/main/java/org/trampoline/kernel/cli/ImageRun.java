package org.trampoline.kernel.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashSet;
import java.util.Set;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.GuestPages;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.kernel.trace.InsnText;

/** Runs an image on a {@link Pc} and shows what it does and how it ends. */
final class ImageRun {
  private static final int TEXT_COLUMN = 36;
  private static final int CHANGES_COLUMN = 70;
  private static final int ISA_DEBUG_EXIT = 0xf4;

  private final Pc pc;
  private final ImageOptions options;
  private final long limit;
  private final boolean trace;
  private final PrintWriter out;

  /** Writes to these are shown as text: COM1 and those of programs for virtual machines. */
  private final Set<Integer> textPorts = new HashSet<>(Set.of(0x3f8, 0x402, 0xe9));

  ImageRun(Pc pc, ImageOptions options, long limit, boolean trace, PrintWriter out) {
    this.pc = pc;
    this.options = options;
    this.limit = limit;
    this.trace = trace;
    this.out = out;
    pc.restartOnReset(options.restart);
    if (options.serialInput != null) {
      pc.serialInput(
          options.serialInput.equals("-")
              ? new SerialSource(System.in)
              : SerialSource.of(ImageSource.read(options.serialInput)));
    }
    if (options.exitPort != null) {
      pc.exitPort(checked("--exit-port", options.exitPort));
    }
    for (int port : options.outputPorts) {
      pc.textPort(checked("--output-port", port));
    }
    textPorts.addAll(options.outputPorts);
  }

  private static int checked(String option, int port) {
    if (port < 0 || port > 0xffff) {
      throw new BadInput(option + " 0x" + Numbers.hex(port) + ": expected 0 to 0xffff");
    }
    return port;
  }

  /** Runs, with the guest's output as it comes; returns the exit status. */
  int asText() {
    GuestOutput text = new GuestOutput(out);
    connect(text);
    if (options.ports) {
      watchPorts((port, size, value) -> text.line(portLine(port, size, value)));
    }
    StopReason reason =
        trace ? traced((line, changes) -> text.line(line + changes)) : pc.run(limit);
    text.endLine();
    if (options.screen) {
      pc.display().lines().forEach(out::println);
    }
    new CpuState(pc.machine()).print(out);
    out.println(StopText.of(reason, pc.machine().instructions()));
    out.flush();
    return status(reason);
  }

  /** Runs, prints one JSON object at the end. */
  int asJson() {
    StringWriter output = new StringWriter();
    connect(new GuestOutput(new PrintWriter(output)));
    ObjectNode root = new ObjectMapper().createObjectNode();
    if (options.ports) {
      ArrayNode writes = root.putArray("ports");
      watchPorts(
          (port, size, value) ->
              writes.addObject().put("port", port).put("size", size).put("value", value));
    }
    StopReason reason;
    if (trace) {
      ArrayNode steps = root.putArray("trace");
      reason =
          traced(
              (line, changes) ->
                  steps
                      .addObject()
                      .put("instruction", line.stripTrailing())
                      .put("changes", changes));
    } else {
      reason = pc.run(limit);
    }
    root.put("output", output.toString());
    if (options.screen) {
      pc.display().lines().forEach(root.putArray("screen")::add);
    }
    new CpuState(pc.machine()).json(root.putObject("registers"));
    root.put("instructions", pc.machine().instructions());
    root.put("virtualNanoseconds", pc.machine().cpu().clock.nanos());
    if (reason instanceof StopReason.Exited exited) {
      root.put("exitValue", exited.status() & 0xffff_ffffL);
    }
    root.put("ended", status(reason) == 0);
    root.put("reason", StopText.of(reason, pc.machine().instructions()));
    out.println(root.toPrettyString());
    out.flush();
    return status(reason);
  }

  private void connect(GuestOutput text) {
    pc.onSerial(text::write);
    pc.onDebug(text::write);
  }

  /**
   * The status of the process: what the guest wrote to the exit port, 0 if it halted or asked for a
   * reset, 1 if it went wrong.
   */
  private int status(StopReason reason) {
    return switch (reason) {
      case StopReason.Exited exited ->
          (options.exitPort == ISA_DEBUG_EXIT ? exited.status() << 1 | 1 : exited.status()) & 0xff;
      case StopReason.Halted halted -> 0;
      case StopReason.Reset reset -> 0;
      default -> 1;
    };
  }

  private interface PortWrite {
    void written(int port, int size, long value);
  }

  /** Shows writes to ports, but for the text that is shown anyway. */
  private void watchPorts(PortWrite sink) {
    pc.ports()
        .watch(
            new Ports() {
              @Override
              public int in(int port, int size) {
                return -1;
              }

              @Override
              public void out(int port, int size, int value) {
                if (!textPorts.contains(port)) {
                  sink.written(port, size, value & 0xffff_ffffL >>> 32 - 8 * size);
                }
              }
            });
  }

  private static String portLine(int port, int size, long value) {
    return "out 0x%04x <- 0x%s".formatted(port, Numbers.hex((int) value).substring(8 - 2 * size));
  }

  /** A byte of code in RAM or ROM; what cannot be seen without a trace of it is shown as FFH. */
  private int code(long physical) {
    PhysicalMemory memory = pc.machine().cpu().memory;
    boolean visible =
        physical >= 0
            && (memory.attributes((int) physical) & (PhysicalMemory.DEVICE | PhysicalMemory.ABSENT))
                == 0;
    return visible ? memory.read8((int) physical) : 0xff;
  }

  private interface Line {
    void add(String instruction, String changes);
  }

  private StopReason traced(Line sink) {
    Engine engine = pc.machine();
    InsnText text = new InsnText();
    GuestPages pages = new GuestPages(engine.ram());
    CpuState before = new CpuState(engine);
    for (long k = 0; k < limit; k++) {
      int linear = pc.machine().cpu().segment[SegmentRegister.CS].base + before.eip();
      int cr0 = engine.get(Register.CR0);
      pages.control(cr0, engine.get(Register.CR3), engine.get(Register.CR4));
      boolean paging = (cr0 & Control.CR0_PG) != 0;
      long physical = paging ? pages.physical(linear) : linear & 0xffff_ffffL;
      StringBuilder line =
          text.line(engine, linear, offset -> code(physical + offset)).at(TEXT_COLUMN);
      InsnText.pad(line, CHANGES_COLUMN);
      StopReason reason = pc.run(1);
      CpuState after = new CpuState(engine);
      sink.add(line.toString(), after.changesSince(before));
      if (!(reason instanceof StopReason.InstructionLimit)) {
        return reason;
      }
      before = after;
    }
    return new StopReason.InstructionLimit();
  }
}
