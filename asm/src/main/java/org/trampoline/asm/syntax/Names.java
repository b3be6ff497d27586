package org.trampoline.asm.syntax;

/** What a name stands for at the point of the source where it is used. */
public interface Names {
  /**
   * A symbol: a number if it is already known to be a constant, otherwise something that layout
   * will resolve.
   */
  Expression symbol(String name, Location where);

  /** The local label {@code N} that was defined last before this point. */
  Expression localBackward(int number, Location where);

  /** The local label {@code N} that will be defined next after this point. */
  Expression localForward(int number, Location where);

  /** {@code .}, the address of the next byte. */
  Expression here(Location where);
}
