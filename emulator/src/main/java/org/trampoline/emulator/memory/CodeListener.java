package org.trampoline.emulator.memory;

/**
 * Told when memory that was marked as code ({@link PhysicalMemory#markCode}) has changed, whoever
 * changed it: an instruction, a device, the page walk setting an accessed bit, a change of the
 * memory layout. It may be called in the middle of any access, so it must not access guest memory
 * through an {@link Mmu}, nor throw; it drops what was derived from the bytes.
 */
@FunctionalInterface
public interface CodeListener {
  /**
   * Bytes {@code physical} … {@code physical + size - 1}, within one page, were written; at least
   * one of their {@link PhysicalMemory#CODE_LINE}-byte lines holds code.
   */
  void codeWritten(int physical, int size);
}
