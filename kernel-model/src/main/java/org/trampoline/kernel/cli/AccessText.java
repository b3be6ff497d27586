package org.trampoline.kernel.cli;

import org.trampoline.kernel.layout.Hex;
import org.trampoline.kernel.scenario.PageOffset.Access;
import org.trampoline.kernel.scenario.PageOffset.PageFault;

/** An access of the page-offset scenario in a line. */
final class AccessText {
  static final String HEADER = "who                          page directory  address     outcome";

  private AccessText() {}

  static String line(Access access) {
    StringBuilder line = new StringBuilder(120).append(who(access));
    pad(line, 29);
    line.append(access.memory());
    pad(line, 45);
    line.append("0x").append(Hex.word(access.address()));
    pad(line, 57);
    return line.append(outcome(access)).toString();
  }

  static void json(JsonOutput json, Access access) {
    json.beginObject();
    json.string("who", who(access));
    json.number("pid", access.pid());
    json.truth("kernel_thread", access.kernelThread());
    json.number("ring", access.ring());
    json.string("page_directory", access.memory());
    json.hex("address", access.address());
    PageFault fault = access.fault();
    if (fault == null) {
      json.hex("value", access.value());
    } else {
      json.beginObject("page_fault");
      json.hex("cr2", fault.cr2());
      json.number("error_code", fault.errorCode());
      json.string("then", then(fault));
      json.endObject();
    }
    json.endObject();
  }

  private static String who(Access access) {
    String ring = access.ring() == 0 ? "kernel mode" : "ring 3";
    return access.kernelThread()
        ? "kernel thread " + access.pid()
        : "process " + access.pid() + ", " + ring;
  }

  private static String outcome(Access access) {
    PageFault fault = access.fault();
    if (fault == null) {
      return "reads 0x" + Hex.word(access.value());
    }
    int code = fault.errorCode();
    return "#PF, CR2 0x"
        + Hex.word(fault.cr2())
        + ", error 0x"
        + Hex.digits(code, 4)
        + ": "
        + ((code & 1) == 0 ? "not present" : "protection")
        + ((code & 2) == 0 ? ", read" : ", write")
        + ((code & 4) == 0 ? ", supervisor" : ", user")
        + "; "
        + then(fault);
  }

  private static String then(PageFault fault) {
    return switch (fault.outcome()) {
      case FIXUP -> "-EFAULT by the exception table";
      case SIGNAL -> "SIGSEGV";
      case MAPPED -> "the page has come";
      case OOPS -> "oops";
    };
  }

  private static void pad(StringBuilder line, int column) {
    do {
      line.append(' ');
    } while (line.length() < column);
  }
}
