package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

import java.util.Random;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.memory.MmioDevice;

/**
 * The devices of one machine: each access to them may write to memory that is code or a page table,
 * and may interrupt; a timer interrupts after random numbers of instructions.
 */
final class WorldDevices implements Ports, MmioDevice {
  private final Random random;
  private final Random times;
  private Machine machine;
  private Clock.Timer timer;

  WorldDevices(long seed) {
    random = new Random(seed);
    times = new Random(~seed);
  }

  void connect(Machine to) {
    machine = to;
    machine.mapDevice(DEVICE, 0x1000, this);
    machine.mapDevice(HIGH_DEVICE, 0x1000, this);
    byte[] rom = new byte[0x1000];
    new Random(1).nextBytes(rom);
    machine.mapRom(ROM, rom);
    timer = machine.cpu().clock.timer(this::tick, () -> true);
    startTimer();
  }

  private void startTimer() {
    int longest = Choice.rarely(times, 3) ? 60 : 2000;
    timer.start(machine.cpu().clock.now() + 1 + times.nextInt(longest));
  }

  private void tick() {
    machine.injectInterrupt(0x20 + times.nextInt(16));
    startTimer();
  }

  /** What a device does on its own when it is used. */
  private void act() {
    switch (random.nextInt(6)) {
      case 0, 1 -> write(machine, random);
      case 2 -> machine.injectInterrupt(0x20 + random.nextInt(32));
      default -> {}
    }
  }

  /** Writes to memory without the processor; returns where and what. */
  static String write(Machine machine, Random random) {
    byte[] bytes = new byte[4 << random.nextInt(4)];
    random.nextBytes(bytes);
    int at;
    switch (random.nextInt(8)) {
      case 0 -> { // an entry of a page table
        boolean pae = random.nextInt(3) == 0;
        at = Pages.place(random, pae, Choice.address(random));
        bytes = words(Pages.entry(random));
      }
      case 1 -> {
        at = GDT + 8 * random.nextInt(GDT_ENTRIES);
        long value = Descriptors.random(random);
        bytes = words((int) value, (int) (value >>> 32));
      }
      case 2 -> at = DATA + random.nextInt(DATA_BYTES - 32);
      case 3 -> at = DIRECTORY + random.nextInt(TABLES_END - DIRECTORY - 32);
      default -> {
        at = CODE + random.nextInt(CODE_BYTES - 32);
        for (int i = 0; i < bytes.length; i += 1 + random.nextInt(4)) {
          bytes[i] = (byte) (0x40 | random.nextInt(32));
        }
      }
    }
    machine.load(at, bytes);
    return "%d bytes at 0x%x".formatted(bytes.length, at);
  }

  private static byte[] words(int... words) {
    byte[] bytes = new byte[4 * words.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (words[i >> 2] >> 8 * (i & 3));
    }
    return bytes;
  }

  @Override
  public int in(int port, int size) {
    if (port == A20_PORT) {
      return machine.cpu().memory.a20() ? 2 : 0;
    }
    if ((port & ~3) == DMA_PORT) {
      act();
      return random.nextInt();
    }
    return -1;
  }

  @Override
  public void out(int port, int size, int value) {
    if (port == A20_PORT) {
      machine.cpu().memory.setA20((value & 2) != 0);
    } else if ((port & ~3) == DMA_PORT) {
      act();
    }
  }

  @Override
  public int read(int offset, int size) {
    if (offset < DEVICE_REGISTERS) {
      return 0;
    }
    act();
    return random.nextInt();
  }

  @Override
  public void write(int offset, int size, int value) {
    if (offset >= DEVICE_REGISTERS) {
      act();
    }
  }
}
