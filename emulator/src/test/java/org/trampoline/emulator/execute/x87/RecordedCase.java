package org.trampoline.emulator.execute.x87;

import java.util.HexFormat;

/**
 * A line of {@code silicon.txt}: an instruction, the state it is executed in, and what a processor
 * made of it.
 *
 * <pre>{@code
 * d8c1 cw sw tw flags st0 st1 st2 memory > sw tw flags st0 st1 st2 memory
 * }</pre>
 *
 * in hexadecimal, a register as exponent, colon and significand, memory being the 10 bytes at [edx]
 * in ascending order. A dot stands for what is as before; st3–st7 are 0 before, and not compared.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RecordedCase(int[] bytes, X87State before, X87State after) {
  private static final int REGISTERS = 3;
  private static final int OPERAND = 10;
  private static final HexFormat HEX = HexFormat.of();

  static RecordedCase parse(String line) {
    String[] f = line.split(" ", -1);
    byte[] bytes = HEX.parseHex(f[0]);
    int[] values = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      values[i] = bytes[i] & 0xff;
    }
    X87State before = new X87State();
    before.control = HexFormat.fromHexDigits(f[1]);
    parse(f, 2, before);
    X87State after = new X87State();
    after.copyFrom(before);
    parse(f, 10, after);
    return new RecordedCase(values, before, after);
  }

  private static void parse(String[] f, int at, X87State s) {
    s.status = f[at].equals(".") ? s.status : HexFormat.fromHexDigits(f[at]);
    s.tags = f[at + 1].equals(".") ? s.tags : HexFormat.fromHexDigits(f[at + 1]);
    s.flags = f[at + 2].equals(".") ? s.flags : HexFormat.fromHexDigits(f[at + 2]);
    for (int i = 0; i < REGISTERS; i++) {
      String register = f[at + 3 + i];
      if (!register.equals(".")) {
        s.signExponent[i] = HexFormat.fromHexDigits(register.substring(0, 4));
        s.significand[i] = HexFormat.fromHexDigitsToLong(register.substring(5));
      }
    }
    String memory = f[at + 6];
    if (!memory.equals(".")) {
      System.arraycopy(HEX.parseHex(memory), 0, s.memory, 0, OPERAND);
    }
  }

  /** The line. */
  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    for (int b : bytes) {
      s.append(String.format("%02x", b));
    }
    s.append(String.format(" %04x", before.control));
    append(s, before, new String[] {"", "", "", "", "", "", ""});
    s.append(" >");
    append(s, after, fields(before));
    return s.toString();
  }

  private static void append(StringBuilder s, X87State state, String[] known) {
    String[] fields = fields(state);
    for (int i = 0; i < fields.length; i++) {
      s.append(' ').append(fields[i].equals(known[i]) ? "." : fields[i]);
    }
  }

  private static String[] fields(X87State state) {
    String[] fields = new String[4 + REGISTERS];
    fields[0] = String.format("%04x", state.status);
    fields[1] = String.format("%04x", state.tags);
    fields[2] = String.format("%03x", state.flags);
    for (int i = 0; i < REGISTERS; i++) {
      fields[3 + i] = Reference.text(state.significand[i], state.signExponent[i]);
    }
    fields[3 + REGISTERS] = HEX.formatHex(state.memory, 0, OPERAND);
    return fields;
  }
}
