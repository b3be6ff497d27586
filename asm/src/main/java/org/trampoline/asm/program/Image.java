package org.trampoline.asm.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.SourceLine;
import org.trampoline.asm.program.Fragment.Align;
import org.trampoline.asm.program.Fragment.Branch;
import org.trampoline.asm.program.Fragment.Bytes;
import org.trampoline.asm.program.Fragment.Fill;
import org.trampoline.asm.program.Fragment.Fixup;
import org.trampoline.asm.program.Fragment.Org;
import org.trampoline.asm.syntax.Expression;

/** Writes the laid-out program down as bytes, symbols and line table. */
public final class Image {
  private final Program program;
  private final int origin;
  private final Resolver resolver;
  private final List<SourceLine> lines = new ArrayList<>();
  private byte[] image;

  private Image(Program program, int origin, Resolver resolver) {
    this.program = program;
    this.origin = origin;
    this.resolver = resolver;
  }

  /**
   * Lays a program out and writes it down.
   *
   * @param origin address of the first byte; 32 bits, unsigned
   * @throws org.trampoline.asm.AssemblyException for undefined symbols, values and branches out of
   *     range, and a program that is too large
   */
  public static AssembledCode of(Program program, int origin) {
    Layout layout = new Layout(program, origin);
    layout.run();
    return new Image(program, origin, layout.resolver()).write();
  }

  private AssembledCode write() {
    List<Section> sections = program.sections();
    Section last = sections.getLast();
    image = new byte[offset(last.addresses[last.size()])];
    for (Section section : sections) {
      for (int i = 0; i < section.size(); i++) {
        Fragment fragment = section.fragments().get(i);
        int start = offset(section.addresses[i]);
        int end = offset(section.addresses[i + 1]);
        if (start < end) {
          write(fragment, start, end);
          lines.add(
              new SourceLine(
                  origin + start,
                  end - start,
                  fragment.kind(),
                  fragment.location().file(),
                  fragment.location().line(),
                  fragment.location().statement()));
        }
      }
    }
    Map<String, Integer> values = new HashMap<>();
    Map<String, Integer> constants = new HashMap<>();
    for (Map.Entry<String, Symbols.Definition> entry : program.symbols().visible()) {
      String name = entry.getKey();
      long value = resolver.value(new Expression.Symbol(name, entry.getValue().where()));
      if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
        continue; // A 64-bit constant, a descriptor maybe: no int holds it.
      }
      values.put(name, (int) value);
      if (!resolver.usedAddress()) {
        constants.put(name, (int) value);
      }
    }
    Set<String> globals = new HashSet<>(program.symbols().globals());
    globals.retainAll(values.keySet());
    return new AssembledCode(origin, image, values, globals, constants, lines);
  }

  private int offset(long address) {
    return (int) (address - Integer.toUnsignedLong(origin));
  }

  private void write(Fragment fragment, int start, int end) {
    switch (fragment) {
      case Bytes bytes -> {
        System.arraycopy(bytes.bytes(), 0, image, start, end - start);
        for (Fixup fixup : bytes.fixups()) {
          long value = resolver.value(fixup.value());
          long checked =
              resolver.usedAddress()
                  ? Range.checkAddress(value, fixup.width(), bytes.location(), fixup.text())
                  : Range.check(value, fixup.width(), bytes.location(), fixup.text());
          store(start + fixup.offset(), fixup.width(), checked);
        }
      }
      case Branch branch -> {
        System.arraycopy(branch.opcode(), 0, image, start, branch.opcode().length);
        store(end - branch.width(), branch.width(), displacement(branch, end));
      }
      case Align align -> Arrays.fill(image, start, end, align.fill());
      case Org org -> Arrays.fill(image, start, end, org.fill());
      case Fill fill -> {
        for (int at = start; at < end; at += fill.size()) {
          store(at, fill.size(), fill.value());
        }
      }
    }
  }

  private long displacement(Branch branch, int end) {
    long target = resolver.value(branch.target());
    if (target < -0x8000_0000L || target > 0xffff_ffffL) {
      target = resolver.usedAddress() ? (int) target : farAway(branch, target);
    }
    int distance = (int) target - (origin + end);
    if (branch.near && !branch.wraps()) {
      return distance;
    }
    int limit = branch.near ? 0xffff : 0;
    boolean reaches =
        branch.near ? Math.abs((long) distance) <= limit : distance == (byte) distance;
    if (!reaches) {
      throw branch
          .location()
          .error(
              "branch target is %d bytes away; expected %s"
                  .formatted(
                      distance,
                      branch.near ? "less than 65536" : "-128 to 127, as it has no longer form"),
              branch.text());
    }
    return distance;
  }

  private static long farAway(Branch branch, long target) {
    return Range.check(target, 4, branch.location(), branch.text());
  }

  private void store(int offset, int width, long value) {
    for (int i = 0; i < width; i++) {
      image[offset + i] = (byte) (value >> 8 * i);
    }
  }
}
