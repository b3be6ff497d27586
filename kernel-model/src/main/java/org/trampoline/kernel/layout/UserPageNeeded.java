package org.trampoline.kernel.layout;

/**
 * Thrown when a function needs an address of a process that is not in memory but can come. It has
 * not done anything yet, so it can be called once more when the page is there.
 */
public final class UserPageNeeded extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int address;

  /**
   * Asks for a page.
   *
   * @param address within it, of the process
   */
  public UserPageNeeded(int address) {
    super(null, null, false, false);
    this.address = address;
  }

  /** A user address within the page. */
  public int address() {
    return address;
  }
}
