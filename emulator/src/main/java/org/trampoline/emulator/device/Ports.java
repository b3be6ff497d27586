package org.trampoline.emulator.device;

/** The I/O address space as the processor sees it (SDM vol. 1, chapter 19). */
public interface Ports {
  /** Nothing there: reads give all ones, writes vanish. */
  Ports NONE =
      new Ports() {
        @Override
        public int in(int port, int size) {
          return -1;
        }

        @Override
        public void out(int port, int size, int value) {}
      };

  /**
   * @param port 0–65535
   * @param size 1, 2 or 4 bytes
   * @return the value; bits above {@code size} are ignored
   */
  int in(int port, int size);

  void out(int port, int size, int value);

  /**
   * Whether accesses to a port stay among devices: they depend on nothing of the processor but its
   * time and have no effect on it but by {@link Clock.Timer}s and the interrupt pin. An engine then
   * may leave the processor's registers elsewhere meanwhile.
   */
  default boolean selfContained(int port) {
    return false;
  }
}
