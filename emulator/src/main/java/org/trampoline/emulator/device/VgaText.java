package org.trampoline.emulator.device;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * A VGA in its text mode, seen from software: the registers at 3C0H–3DFH keep what is written to
 * them, a retrace is always about to begin or to end, and the characters are in memory at B8000H,
 * which is RAM like any other. It comes up in mode 3 (80 by 25, colour), as a BIOS leaves it. There
 * are no graphics.
 */
public final class VgaText implements ByteDevice, StatePart {
  private static final int FIRST = 0x3c0;
  private static final int PORTS = 0x20;
  private static final int TEXT = 0xb_8000;
  private static final int TEXT_SIZE = 0x8000;

  private static final int ATTRIBUTE = 0x3c0;
  private static final int ATTRIBUTE_READ = 0x3c1;
  private static final int STATUS_0 = 0x3c2;
  private static final int SEQUENCER = 0x3c4;
  private static final int DAC_READ_INDEX = 0x3c7;
  private static final int DAC_WRITE_INDEX = 0x3c8;
  private static final int DAC_DATA = 0x3c9;
  private static final int FEATURE_READ = 0x3ca;
  private static final int MISCELLANEOUS_READ = 0x3cc;
  private static final int GRAPHICS = 0x3ce;
  private static final int CRTC = 0x3d4;
  private static final int STATUS_1 = 0x3da;

  // CRTC registers
  private static final int COLUMNS = 1;
  private static final int OVERFLOW = 7;
  private static final int SCAN_LINES = 9;
  private static final int START_HIGH = 0x0c;
  private static final int START_LOW = 0x0d;
  private static final int DISPLAY_END = 0x12;
  private static final int OFFSET = 0x13;

  /** CRTC of mode 3 with 9 by 16 characters. */
  private static final int[] MODE_3 = {
    0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00,
    0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff
  };

  private static final Charset GLYPHS =
      Charset.isSupported("IBM437") ? Charset.forName("IBM437") : StandardCharsets.US_ASCII;

  private final PhysicalMemory memory;
  private final int[] crtc = Arrays.copyOf(MODE_3, 256);
  private final int[] sequencer = new int[256];
  private final int[] graphics = new int[256];
  private final int[] attributes = new int[32];
  private final int[] palette = new int[768];
  private int crtcIndex;
  private int sequencerIndex;
  private int graphicsIndex;
  private int attributeIndex;
  private boolean attributeData;
  private int paletteIndex;
  private boolean paletteRead;
  private int miscellaneous = 0x67;
  private int feature;
  private int retrace;

  public VgaText(PhysicalMemory memory) {
    this.memory = memory;
    sequencer[2] = 3;
    sequencer[4] = 2;
    graphics[5] = 0x10;
    graphics[6] = 0x0e; // text at B8000H
    graphics[8] = 0xff;
  }

  /** Puts the registers at their ports. */
  public void claimPorts(PortBus bus) {
    bus.claim(FIRST, PORTS, this);
  }

  @Override
  public int in(int port) {
    return switch (port) {
      case ATTRIBUTE -> attributeIndex;
      case ATTRIBUTE_READ -> attributes[attributeIndex & 31];
      case STATUS_0 -> 0x10;
      case SEQUENCER -> sequencerIndex;
      case SEQUENCER + 1 -> sequencer[sequencerIndex];
      case DAC_READ_INDEX -> paletteRead ? 3 : 0;
      case DAC_WRITE_INDEX -> paletteIndex / 3;
      case DAC_DATA -> palette(0, false);
      case FEATURE_READ -> feature;
      case MISCELLANEOUS_READ -> miscellaneous;
      case GRAPHICS -> graphicsIndex;
      case GRAPHICS + 1 -> graphics[graphicsIndex];
      case CRTC -> crtcIndex;
      case CRTC + 1 -> crtc[crtcIndex];
      case STATUS_1 -> {
        attributeData = false;
        retrace ^= 9; // who waits for either edge need not wait long
        yield retrace;
      }
      default -> 0xff;
    };
  }

  @Override
  public void out(int port, int value) {
    switch (port) {
      case ATTRIBUTE -> {
        if (attributeData) {
          attributes[attributeIndex & 31] = value;
        } else {
          attributeIndex = value & 0x3f;
        }
        attributeData = !attributeData;
      }
      case STATUS_0 -> miscellaneous = value;
      case SEQUENCER -> sequencerIndex = value;
      case SEQUENCER + 1 -> sequencer[sequencerIndex] = value;
      case DAC_READ_INDEX -> {
        paletteIndex = 3 * value;
        paletteRead = true;
      }
      case DAC_WRITE_INDEX -> {
        paletteIndex = 3 * value;
        paletteRead = false;
      }
      case DAC_DATA -> palette(value, true);
      case GRAPHICS -> graphicsIndex = value;
      case GRAPHICS + 1 -> graphics[graphicsIndex] = value;
      case CRTC -> crtcIndex = value;
      case CRTC + 1 -> crtc(value);
      case STATUS_1 -> feature = value;
      default -> {}
    }
  }

  /** The first eight registers are locked by bit 7 of register 11H, but for one bit. */
  private void crtc(int value) {
    boolean locked = (crtc[0x11] & 0x80) != 0 && crtcIndex < 8;
    if (!locked) {
      crtc[crtcIndex] = value;
    } else if (crtcIndex == OVERFLOW) {
      crtc[OVERFLOW] = crtc[OVERFLOW] & ~0x10 | value & 0x10;
    }
  }

  private int palette(int value, boolean write) {
    int at = paletteIndex;
    paletteIndex = (paletteIndex + 1) % palette.length;
    if (write) {
      palette[at] = value & 0x3f;
    }
    return palette[at];
  }

  private int columns() {
    return Math.max(crtc[COLUMNS] + 1, 1);
  }

  private int rows() {
    int overflow = crtc[OVERFLOW];
    int lines = crtc[DISPLAY_END] | (overflow & 2) << 7 | (overflow & 0x40) << 3;
    return (lines + 1) / ((crtc[SCAN_LINES] & 31) + 1);
  }

  /** The screen's lines without the blanks at their ends, down to the last that is not blank. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    int start = crtc[START_HIGH] << 8 | crtc[START_LOW];
    int pitch = 2 * crtc[OFFSET];
    byte[] row = new byte[columns()];
    int used = 0;
    for (int y = 0; y < rows(); y++) {
      for (int x = 0; x < row.length; x++) {
        int at = 2 * (start + y * pitch + x) & TEXT_SIZE - 1;
        int character = memory.read8(TEXT + at);
        row[x] = (byte) (character < ' ' ? ' ' : character);
      }
      lines.add(new String(row, GLYPHS).stripTrailing());
      if (!lines.getLast().isEmpty()) {
        used = lines.size();
      }
    }
    return lines.subList(0, used);
  }
}
