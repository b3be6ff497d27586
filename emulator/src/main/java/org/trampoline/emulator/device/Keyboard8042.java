package org.trampoline.emulator.device;

import java.util.ArrayDeque;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * The keyboard controller of an AT (Intel 8042 with IBM's program) and a keyboard at it, ports 60H
 * and 64H, interrupt request 1. Nothing is at the mouse's port. Its output port holds two of the
 * board's wires: the processor's reset and the gate of address line 20.
 *
 * <p>Commands and keyboard bytes are answered at once.
 */
public final class Keyboard8042 implements ByteDevice, StatePart {
  // status
  private static final int OUTPUT_FULL = 1;
  private static final int SYSTEM = 4;
  private static final int COMMAND = 8;
  private static final int UNLOCKED = 0x10;

  // command byte
  private static final int INTERRUPT = 1;
  private static final int SYSTEM_FLAG = 4;
  private static final int DISABLED = 0x10;
  private static final int MOUSE_DISABLED = 0x20;

  private static final int ACKNOWLEDGE = 0xfa;
  private static final int RESEND = 0xfe;

  /** Bytes of the keyboard that wait for the guest; more are lost, as in a keyboard's buffer. */
  private static final int BUFFER = 256;

  private final IrqLine irq;
  private final SystemControl system;
  private final ArrayDeque<Integer> controller = new ArrayDeque<>();
  private final ArrayDeque<Integer> keyboard = new ArrayDeque<>();

  private int commandByte = 0x45;
  private int lastWasCommand;
  private int outputPort = 3;

  /** The controller command whose data byte is expected at 60H; 0 if none. */
  private int command;

  /** The keyboard command whose parameter is expected; 0 if none. */
  private int keyboardCommand;

  private int scanCodeSet = 2;
  private int last;

  public Keyboard8042(IrqLine irq, SystemControl system) {
    this.irq = irq;
    this.system = system;
  }

  /** Puts the chip at its ports. */
  public void claimPorts(PortBus bus) {
    bus.claim(0x60, 1, this);
    bus.claim(0x64, 1, this);
  }

  /** A byte from the keyboard, as the controller shows it to the guest (scan code set 1). */
  public void type(int scanCode) {
    send(scanCode);
    update();
  }

  private void send(int value) {
    if (keyboard.size() < BUFFER) {
      keyboard.add(value);
    }
  }

  private boolean keyboardReady() {
    return !keyboard.isEmpty() && (commandByte & DISABLED) == 0;
  }

  private void update() {
    irq.set(controller.isEmpty() && keyboardReady() && (commandByte & INTERRUPT) != 0);
  }

  @Override
  public int in(int port) {
    if ((port & 4) != 0) {
      return UNLOCKED
          | lastWasCommand
          | ((commandByte & SYSTEM_FLAG) != 0 ? SYSTEM : 0)
          | (!controller.isEmpty() || keyboardReady() ? OUTPUT_FULL : 0);
    }
    if (!controller.isEmpty()) {
      last = controller.remove();
    } else if (keyboardReady()) {
      last = keyboard.remove();
    }
    irq.set(false); // each byte has an edge of its own
    update();
    return last;
  }

  @Override
  public void out(int port, int value) {
    if ((port & 4) != 0) {
      lastWasCommand = COMMAND;
      command(value);
    } else {
      lastWasCommand = 0;
      int waiting = command;
      command = 0;
      switch (waiting) {
        case 0 -> keyboardByte(value);
        case 0x60 -> commandByte = value;
        case 0xd1 -> outputPort(value);
        case 0xd2 -> send(value);
        default -> {} // D3, D4: there is no mouse
      }
    }
    update();
  }

  private void command(int value) {
    command = 0;
    switch (value) {
      case 0x20 -> controller.add(commandByte);
      case 0x60, 0xd1, 0xd2, 0xd3, 0xd4 -> command = value;
      case 0xa7 -> commandByte |= MOUSE_DISABLED;
      case 0xa8 -> commandByte &= ~MOUSE_DISABLED;
      case 0xa9 -> controller.add(2); // the mouse's data line is stuck
      case 0xaa -> {
        commandByte |= SYSTEM_FLAG;
        controller.add(0x55);
      }
      case 0xab -> controller.add(0);
      case 0xad -> commandByte |= DISABLED;
      case 0xae -> commandByte &= ~DISABLED;
      case 0xc0 -> controller.add(0x80); // input port: not locked
      case 0xd0 -> controller.add(outputPort & ~2 | (system.a20() ? 2 : 0));
      case 0xdd -> system.a20(false);
      case 0xdf -> system.a20(true);
      default -> {
        if (value >= 0xf0 && (value & 1) == 0) {
          system.reset(); // bits 0–3 pulse the output port's low; bit 0 is the reset
        }
      }
    }
  }

  private void outputPort(int value) {
    outputPort = value;
    system.a20((value & 2) != 0);
    if ((value & 1) == 0) {
      system.reset();
    }
  }

  /** A byte for the keyboard itself. */
  private void keyboardByte(int value) {
    commandByte &= ~DISABLED;
    int waiting = keyboardCommand;
    keyboardCommand = 0;
    if (waiting != 0 && value < 0xed) {
      send(ACKNOWLEDGE);
      if (waiting == 0xf0) {
        if (value == 0) {
          send(scanCodeSet);
        } else {
          scanCodeSet = value;
        }
      }
      return;
    }
    switch (value) {
      case 0xed, 0xf0, 0xf3 -> {
        keyboardCommand = value;
        send(ACKNOWLEDGE);
      }
      case 0xee -> send(0xee);
      case 0xf2 -> {
        send(ACKNOWLEDGE);
        send(0xab);
        send(0x41); // MF2, its codes translated by the controller
      }
      case 0xf4, 0xf5, 0xf6 -> send(ACKNOWLEDGE);
      case 0xff -> {
        keyboard.clear();
        send(ACKNOWLEDGE);
        send(0xaa);
      }
      default -> send(RESEND);
    }
  }
}
