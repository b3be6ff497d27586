package org.trampoline.emulator.image;

import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.device.Pc;

/**
 * Bytes at an address, without a header.
 *
 * <p>In protected mode they are started with flat 32-bit segments at CPL 0 and the stack at the end
 * of RAM. In real mode CS is chosen so that IP is the entry's low 16 bits, the other segments are 0
 * and the stack grows down from 7C00H, as for a boot sector.
 *
 * @param load physical address of the first byte
 * @param entry physical address of the first instruction
 */
public record FlatImage(byte[] bytes, int load, int entry, boolean real) implements Image {
  private static final int REAL_STACK = 0x7c00;

  /**
   * @throws BadImage if it is empty, or starts in real mode where that cannot reach
   */
  public FlatImage {
    if (bytes.length == 0) {
      throw new BadImage("is empty: expected at least one byte of code");
    }
    if (real && (entry & 0xffff_ffffL) > 0xf_ffff) {
      throw new BadImage(
          "entry 0x%x: expected an address below 1 MB in real mode"
              .formatted(entry & 0xffff_ffffL));
    }
  }

  @Override
  public void load(Pc pc) {
    Machine machine = pc.machine();
    new Loader(machine).put("the image", load & 0xffff_ffffL, bytes);
    Cpu c = machine.cpu();
    if (real) {
      for (SegmentRegister segment : c.segment) {
        segment.setReal(0);
      }
      c.segment[SegmentRegister.CS].setReal((entry & 0xf_0000) >> 4);
      c.segmentsChanged();
      c.idtLimit = 0x3ff;
      c.eip = entry & 0xffff;
      c.reg[Cpu.ESP] = REAL_STACK;
    } else {
      machine.flatProtectedMode();
      c.eip = entry;
      c.reg[Cpu.ESP] = (int) machine.ram().byteSize();
    }
  }
}
