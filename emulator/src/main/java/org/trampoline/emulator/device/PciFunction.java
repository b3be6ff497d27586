package org.trampoline.emulator.device;

import org.trampoline.emulator.snapshot.StatePart;

/**
 * The 256 configuration registers of a PCI function (PCI Local Bus Specification 2.2, 6.1) that has
 * no memory or I/O space of its own to be placed: identification is fixed, the command register,
 * the interrupt line and everything from 40H on keep what is written.
 */
public class PciFunction implements StatePart {
  private static final int COMMAND = 4;
  private static final int INTERRUPT_LINE = 0x3c;
  private static final int OWN = 0x40;

  private final int[] registers = new int[256];

  /**
   * @param identification device identifier in the upper half, vendor in the lower
   * @param classCode class, subclass and programming interface
   * @param revision revision identifier
   */
  public PciFunction(int identification, int classCode, int revision) {
    fix(0, identification);
    fix(8, classCode << 8 | revision);
  }

  /** Sets four registers to what they will always be. */
  protected final void fix(int register, int value) {
    for (int i = 0; i < 4; i++) {
      registers[register + i] = value >>> 8 * i & 0xff;
    }
  }

  /** The function has siblings: bit 7 of the header type. */
  public final PciFunction oneOfSeveral() {
    registers[0x0e] |= 0x80;
    return this;
  }

  /**
   * @param register 0–255
   * @return 0–255
   */
  public int read(int register) {
    return registers[register];
  }

  /**
   * @param register 0–255
   * @param value 0–255
   */
  public void write(int register, int value) {
    if (register >= OWN || register == COMMAND || register == INTERRUPT_LINE) {
      registers[register] = value;
    }
  }
}
