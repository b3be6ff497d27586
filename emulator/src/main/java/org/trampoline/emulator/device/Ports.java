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
}
