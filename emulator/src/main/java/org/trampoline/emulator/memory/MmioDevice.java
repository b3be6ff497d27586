package org.trampoline.emulator.memory;

/**
 * A device whose registers lie in the physical address space.
 *
 * <p>Accesses arrive naturally aligned and with {@code size} 1, 2 or 4: an unaligned or wider
 * access of the guest's is split, lowest address first.
 */
public interface MmioDevice {
  /**
   * @param offset from the start of the device's region
   * @return the value; bits above {@code size} are ignored
   */
  int read(int offset, int size);

  /**
   * @param offset from the start of the device's region
   * @param value zero-extended
   */
  void write(int offset, int size, int value);

  /**
   * Whether accesses stay among devices: they depend on nothing of the processor's registers and
   * change none, and no memory. An engine then may leave these registers elsewhere meanwhile.
   */
  default boolean selfContained() {
    return false;
  }
}
