package org.trampoline.emulator.oracle;

/** What a call of Unicorn returns; the constants are {@code uc_err} of unicorn.h, in its order. */
public enum UnicornError {
  /** All went well; of a run: it was stopped, reached its end, or executed {@code hlt}. */
  OK("no error"),
  /** Out of memory. */
  NOMEM("out of memory"),
  /** The library was built without this architecture. */
  ARCH("architecture not built into this library"),
  /** The handle is not an engine's. */
  HANDLE("invalid handle"),
  /** The mode does not exist for this architecture. */
  MODE("invalid mode"),
  /** Binding and library do not fit. */
  VERSION("version of binding and library differ"),
  /** The guest read a physical address that is not mapped. */
  READ_UNMAPPED("read of unmapped physical memory"),
  /** The guest wrote a physical address that is not mapped. */
  WRITE_UNMAPPED("write to unmapped physical memory"),
  /** The guest fetched from a physical address that is not mapped. */
  FETCH_UNMAPPED("fetch from unmapped physical memory"),
  /** The hook's type is not known. */
  HOOK("invalid hook type"),
  /** The guest met an invalid opcode (#UD). */
  INSN_INVALID("invalid instruction"),
  /** A mapping overlaps another or is not there. */
  MAP("invalid memory mapping"),
  /** The guest wrote to physical memory mapped without write permission. */
  WRITE_PROT("write to write-protected physical memory"),
  /** The guest read physical memory mapped without read permission. */
  READ_PROT("read of read-protected physical memory"),
  /** The guest fetched from physical memory mapped without execute permission. */
  FETCH_PROT("fetch from non-executable physical memory"),
  /** An argument is out of range (address or size not a multiple of 4096, unknown register). */
  ARG("invalid argument"),
  /** Unaligned read on an architecture that forbids it. */
  READ_UNALIGNED("unaligned read"),
  /** Unaligned write on an architecture that forbids it. */
  WRITE_UNALIGNED("unaligned write"),
  /** Unaligned fetch on an architecture that forbids it. */
  FETCH_UNALIGNED("unaligned fetch"),
  /** The hook exists already. */
  HOOK_EXIST("hook exists"),
  /** The host lacks a resource (a thread, executable memory). */
  RESOURCE("insufficient host resources"),
  /** The guest raised an exception or interrupt and no interrupt hook is there to take it. */
  EXCEPTION("unhandled CPU exception"),
  /** A buffer is too small for the register. */
  OVERFLOW("buffer too small");

  private static final UnicornError[] BY_CODE = values();

  private final String text;

  UnicornError(String text) {
    this.text = text;
  }

  /**
   * @param code what the C function returned
   * @throws IllegalArgumentException if Unicorn 2.1 has no such code
   */
  static UnicornError of(int code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("Unicorn returned " + code + ", expected 0 to 22");
    }
    return BY_CODE[code];
  }

  /** What it means, in a few words. */
  public String text() {
    return text;
  }
}
