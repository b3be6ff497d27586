package org.trampoline.emulator.engine;

/** An embedder's own treatment of exceptions, instead of the guest's. */
@FunctionalInterface
public interface FaultHandler {
  /**
   * An exception is about to be delivered. eip is that of the instruction it belongs to, and no
   * register or memory has been changed by that.
   *
   * @param linear the faulting address of a page fault, else 0
   * @return true to go on at eip, as the handler has left it, instead: the same instruction again
   *     if it changed nothing; false to deliver the exception
   */
  boolean handle(int vector, int errorCode, int linear);
}
