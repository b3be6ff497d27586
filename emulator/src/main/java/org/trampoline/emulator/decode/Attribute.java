package org.trampoline.emulator.decode;

/** The attributes of a {@link Form}; the header of the instruction table explains each. */
public enum Attribute {
  LOCK("lock"),
  REP("rep"),
  REPE("repe"),
  ENDS_BLOCK("ends-block"),
  FAULTS("faults"),
  STACK("stack"),
  CPL0("cpl0"),
  IOPL("iopl"),
  V86_IOPL("v86-iopl"),
  IO("io"),
  PROTECTED("protected"),
  SEGMENT_LOAD("segment-load"),
  BIT_STRING("bit-string"),
  STRING("string"),
  COUNT("count"),
  X87("x87"),
  NOWAIT("nowait"),
  MMX("mmx"),
  SSE("sse"),
  SSE_EXCEPTIONS("sse-exceptions"),
  ALIGN16("align16"),
  UNDOCUMENTED("undocumented"),
  ALIAS("alias"),
  UNDEFINED_RESULT("undefined-result"),
  UNLISTED("unlisted");

  private final String text;

  Attribute(String text) {
    this.text = text;
  }

  /** How the table writes it. */
  public String text() {
    return text;
  }

  /** Its bit in {@link Form#attributes}. */
  @SuppressWarnings("EnumOrdinal") // the mask does not leave the process
  long mask() {
    return 1L << ordinal();
  }
}
