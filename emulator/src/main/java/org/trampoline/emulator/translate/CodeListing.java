package org.trampoline.emulator.translate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.CodeBytes;
import org.trampoline.emulator.decode.Disassembler;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;

/**
 * A translated block for people: each guest instruction and beside it the host code that was made
 * of it, then the code for rare cases with the records of the exits. Offsets count from the start
 * of the block's two parts, so the text does not depend on where they lie.
 */
final class CodeListing {
  private static final int GUEST_COLUMNS = 42;
  private static final int STUB_BYTES = 11;
  private static final int RECORD_BYTES = 12;
  private static final int LINK_RECORD_BYTES = 24;

  private final EntryCode entry;
  private final Disassembler guest =
      new Disassembler(InstructionTable.get(), CpuModel.MAX.features(), Disassembler.Syntax.ATT);
  private final HostDisassembler host = new HostDisassembler(this::place);
  private final Map<Integer, Exit> stubs = new HashMap<>();
  private final StringBuilder text = new StringBuilder();

  private byte[] hot;
  private byte[] cold;
  private int hotBase;
  private int coldBase;

  CodeListing(EntryCode entry) {
    this.entry = entry;
  }

  /** The listing of the block that was translated last, to lie at these offsets. */
  String print(BlockTranslator t, TranslatedBlock b, CodeBytes bytes, int hotBase, int coldBase) {
    hot = Arrays.copyOf(t.hotCode().bytes(), t.hotCode().length());
    cold = Arrays.copyOf(t.coldCode().bytes(), t.coldCode().length());
    this.hotBase = hotBase;
    this.coldBase = coldBase;
    text.setLength(0);
    findStubs();
    text.append(
        "block %08x: %d guest bytes, %d instructions, %s, %d + %d host bytes%n"
            .formatted(b.mode.codeBase + b.eip, b.bytes, b.count, b.mode, hot.length, cold.length));
    for (int i = 0; i < b.count; i++) {
      guest(t.insn(i), bytes, b, t.offset(i));
      boolean last = i + 1 == b.count && b.rest == null;
      hot(i == 0 ? 0 : t.hotStart(i), last ? t.loopStart(0) : t.hotStart(i + 1));
    }
    for (int i = 0; i < t.loopLength(); i++) {
      guest(t.insn(t.loopInsn(i)), bytes, b, t.offset(t.loopInsn(i)));
      hot(t.loopStart(i), t.loopStart(i + 1));
    }
    if (b.rest != null) {
      guest(b.rest, bytes, b, b.restOffset);
      hot(b.count == 0 ? 0 : t.hotStart(b.count), hot.length);
    }
    cold();
    return text.append('\n').toString();
  }

  private void guest(Insn i, CodeBytes bytes, TranslatedBlock b, int offset) {
    int linear = b.mode.codeBase + b.eip + offset;
    text.append("%08x  ".formatted(linear));
    text.append(guest.disassemble(i, n -> bytes.at(offset + n), b.mode.code32, b.eip + offset));
  }

  /** Fills the guest's column of the line begun, or of an empty one. */
  private void line(String hostText) {
    int start = text.lastIndexOf("\n") + 1;
    do {
      text.append(' ');
    } while (text.length() - start < GUEST_COLUMNS);
    text.append(hostText).append('\n');
  }

  private void hot(int from, int to) {
    for (int at = from; at < to; at += host.length()) {
      line("%04x  %s".formatted(at, host.print(hot, at, hotBase + at)));
    }
    if (from == to) {
      line("–");
    }
  }

  private void cold() {
    for (int at = 0; at < cold.length; ) {
      Exit exit = stubs.get(coldBase + at);
      if (exit == null) {
        line("cold+%04x  %s".formatted(at, host.print(cold, at, coldBase + at)));
        at += host.length();
      } else {
        line("cold+%04x  exit %s".formatted(at, record(exit, at + STUB_BYTES)));
        at += STUB_BYTES + recordBytes(exit);
      }
    }
  }

  private String record(Exit exit, int at) {
    String name = exit.name().toLowerCase(Locale.ROOT);
    int eip = cold(at + Exit.EIP);
    if (exit == Exit.LINK) {
      String check = cold(at + Exit.ADDEND) == 0 ? "" : ", another page";
      return "%s to %08x%s".formatted(name, eip, check);
    }
    String back =
        switch (exit) {
          case READ, WRITE, WRITE_PAGE, FPU, SSE -> ", retry at ";
          default -> "";
        };
    return "%s at %08x, %d not executed%s%s"
        .formatted(
            name,
            eip,
            cold(at + Exit.UNUSED),
            back,
            back.isEmpty() ? "" : place(cold(at + Exit.RETRY)));
  }

  private int cold(int at) {
    return cold[at] & 0xff
        | (cold[at + 1] & 0xff) << 8
        | (cold[at + 2] & 0xff) << 16
        | cold[at + 3] << 24;
  }

  private static int recordBytes(Exit exit) {
    return switch (exit) {
      case LINK -> LINK_RECORD_BYTES;
      case TARGET -> JumpSite.RECORD_BYTES;
      case WRITE -> RECORD_BYTES + 1;
      default -> RECORD_BYTES;
    };
  }

  /** A way out begins with loading the offset of its record, which follows it. */
  private void findStubs() {
    stubs.clear();
    for (int at = 0; at + STUB_BYTES <= cold.length; at++) {
      boolean stub =
          (cold[at] & 0xff) == 0x41
              && (cold[at + 1] & 0xff) == 0xbb
              && cold(at + 2) == coldBase + at + STUB_BYTES;
      if (stub) {
        int target = coldBase + at + STUB_BYTES + cold(at + 7);
        for (Exit exit : Exit.values()) {
          if (entry.exits[exit.ordinal()] == target) {
            stubs.put(coldBase + at, exit);
            at += STUB_BYTES + recordBytes(exit) - 1;
            break;
          }
        }
      }
    }
  }

  private String place(int offset) {
    if (offset >= hotBase && offset <= hotBase + hot.length) {
      return "%04x".formatted(offset - hotBase);
    }
    if (offset >= coldBase && offset < coldBase + cold.length) {
      Exit exit = stubs.get(offset);
      return "cold+%04x".formatted(offset - coldBase)
          + (exit == null ? "" : " " + exit.name().toLowerCase(Locale.ROOT));
    }
    return "0x" + Integer.toHexString(offset);
  }
}
