package org.trampoline.emulator.device;

import org.trampoline.emulator.snapshot.StatePart;

/**
 * Bus 0 of a PCI system behind configuration mechanism 1 (PCI Local Bus Specification 2.2,
 * 3.2.2.3): the address of a register goes to port CF8H, its value passes through CFCH–CFFH.
 * Functions that are not there read as all ones.
 */
public final class PciBus implements Ports, StatePart {
  private static final int ADDRESS = 0xcf8;
  private static final int DATA = 0xcfc;
  private static final int ENABLE = 1 << 31;

  private final PciFunction[] functions = new PciFunction[256];
  private int address;

  /** Puts the configuration mechanism at its ports. */
  public void claimPorts(PortBus bus) {
    bus.claim(ADDRESS, 8, this);
  }

  /**
   * Plugs a function in.
   *
   * @param device 0–31
   * @param number of the function, 0–7
   */
  public void plug(int device, int number, PciFunction function) {
    functions[device << 3 | number] = function;
  }

  /** The function that the address selects; null if none. */
  private PciFunction selected() {
    boolean here = (address & ENABLE) != 0 && (address & 0xff_0000) == 0;
    return here ? functions[address >>> 8 & 0xff] : null;
  }

  private int register(int port) {
    return address & 0xfc | port & 3;
  }

  @Override
  public int in(int port, int size) {
    if (port < DATA) {
      return port == ADDRESS && size == 4 ? address : -1;
    }
    PciFunction function = selected();
    if (function == null) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= function.read(register(port) + i & 0xff) << 8 * i;
    }
    return value;
  }

  @Override
  public void out(int port, int size, int value) {
    if (port < DATA) {
      if (port == ADDRESS && size == 4) {
        address = value;
      }
      return;
    }
    PciFunction function = selected();
    for (int i = 0; i < size && function != null; i++) {
      function.write(register(port) + i & 0xff, value >>> 8 * i & 0xff);
    }
  }
}
