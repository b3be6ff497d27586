package org.trampoline.kernel.layout;

/**
 * A host function came upon an address that is not in the kernel's memory, as Linux's C would have
 * come upon a page fault. It carries no stack trace: the fault is the guest's.
 */
public final class BadKernelAddress extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int address;

  /**
   * A use of a bad address.
   *
   * @param address the virtual address
   */
  public BadKernelAddress(int address) {
    super(
        "Unable to handle kernel paging request at virtual address " + Hex.word(address),
        null,
        false,
        false);
    this.address = address;
  }

  /** The virtual address. */
  public int address() {
    return address;
  }
}
