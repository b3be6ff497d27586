package org.trampoline.emulator.memory;

/**
 * The host has no room for a machine's memory: its address space, or that of this process, is
 * limited. The message is for people.
 */
public final class NoHostMemoryException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  NoHostMemoryException(long bytes) {
    super("the host has no room for another " + (bytes + 0xf_ffff >> 20) + " MB of memory");
  }
}
