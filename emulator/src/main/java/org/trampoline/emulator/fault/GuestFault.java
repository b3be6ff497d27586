package org.trampoline.emulator.fault;

/**
 * An exception of the guest's processor on its way to delivery. Each CPU has one instance that is
 * filled and thrown again and again: no allocation and no stack trace. Between the throw and the
 * delivery the instruction has changed nothing, except where the SDM says so.
 */
public final class GuestFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Exception vector, see {@link Vector}. */
  public int vector;

  /** Error code, 0 where the vector has none. */
  public int errorCode;

  /** Faulting linear address; for {@link Vector#PF} only. */
  public int linear;

  /** DR6 bits to set; for {@link Vector#DB} only. */
  public int debugStatus;

  /**
   * Raised when a task switch had been done already, so it is the new task's: eip is where that
   * task is to begin. {@code TaskSwitch} sees to it; engines never see such a fault.
   */
  boolean inNewTask;

  public GuestFault() {
    super(null, null, false, false);
  }

  /** Fills in an exception without an error code, or with error code 0. */
  public GuestFault set(int vector) {
    return set(vector, 0);
  }

  public GuestFault set(int vector, int errorCode) {
    this.vector = vector;
    this.errorCode = errorCode;
    debugStatus = 0;
    inNewTask = false;
    return this;
  }

  /** Fills in a page fault (SDM vol. 3, 4.7). */
  public GuestFault pageFault(int linear, int errorCode) {
    this.linear = linear;
    return set(Vector.PF, errorCode);
  }

  @Override
  public String getMessage() {
    String code = Vector.hasErrorCode(vector) ? "(0x" + Integer.toHexString(errorCode) + ")" : "";
    return Vector.name(vector)
        + code
        + (vector == Vector.PF ? " at 0x" + Integer.toHexString(linear) : "");
  }
}
