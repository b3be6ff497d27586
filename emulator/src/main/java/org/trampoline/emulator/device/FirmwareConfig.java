package org.trampoline.emulator.device;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * What tells firmware of virtual machines of its machine (QEMU's documentation, "QEMU Firmware
 * Configuration Device"): a selector at port 510H, the selected item byte after byte at 511H. Items
 * are the size of the RAM, the number of processors, and named files, of which there is a
 * directory.
 */
public final class FirmwareConfig implements Ports, StatePart {
  private static final int SELECTOR = 0x510;

  private static final int SIGNATURE = 0x00;
  private static final int VERSION = 0x01;
  private static final int RAM_SIZE = 0x03;
  private static final int PROCESSORS = 0x05;
  private static final int MOST_PROCESSORS = 0x0f;
  private static final int DIRECTORY = 0x19;
  private static final int FIRST_FILE = 0x20;

  private static final int NAME = 56;

  private static final byte[] NOTHING = {};

  private final long ramSize;
  private final int processors;
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private int selector;
  private int at;

  /**
   * @param ramSize in bytes
   */
  public FirmwareConfig(long ramSize, int processors) {
    this.ramSize = ramSize;
    this.processors = processors;
  }

  /** Puts the two registers at their ports. */
  public void claimPorts(PortBus bus) {
    bus.claim(SELECTOR, 2, this);
  }

  /**
   * Adds a file.
   *
   * @param name at most 55 characters of ASCII
   */
  public void add(String name, byte[] content) {
    if (name.length() >= NAME) {
      throw new IllegalArgumentException(name + ": expected a name of at most 55 characters");
    }
    files.put(name, content.clone());
  }

  private byte[] item() {
    return switch (selector) {
      case SIGNATURE -> "QEMU".getBytes(StandardCharsets.US_ASCII);
      case VERSION -> little(1, 4); // files, no DMA
      case RAM_SIZE -> little(ramSize, 8);
      case PROCESSORS, MOST_PROCESSORS -> little(processors, 2);
      case DIRECTORY -> directory();
      default ->
          selector >= FIRST_FILE && selector < FIRST_FILE + files.size()
              ? files.values().stream().skip(selector - FIRST_FILE).findFirst().orElse(NOTHING)
              : NOTHING;
    };
  }

  private static byte[] little(long value, int bytes) {
    byte[] result = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      result[i] = (byte) (value >>> 8 * i);
    }
    return result;
  }

  /** Number of files, then size, selector and name of each, big-endian. */
  private byte[] directory() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    big(out, files.size(), 4);
    int number = FIRST_FILE;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      big(out, file.getValue().length, 4);
      big(out, number++, 2);
      big(out, 0, 2);
      out.writeBytes(Arrays.copyOf(file.getKey().getBytes(StandardCharsets.US_ASCII), NAME));
    }
    return out.toByteArray();
  }

  private static void big(ByteArrayOutputStream out, int value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      out.write(value >>> 8 * i);
    }
  }

  @Override
  public int in(int port, int size) {
    byte[] item = port == SELECTOR ? NOTHING : item();
    int value = at < item.length ? item[at] & 0xff : 0;
    at += port == SELECTOR ? 0 : 1;
    return value;
  }

  @Override
  public void out(int port, int size, int value) {
    if (port == SELECTOR && size == 2) {
      selector = value & 0xffff;
      at = 0;
    }
  }
}
