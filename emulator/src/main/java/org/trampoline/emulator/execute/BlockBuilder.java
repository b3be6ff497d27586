package org.trampoline.emulator.execute;

import java.util.Arrays;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.CodeBytes;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.memory.Host;

/** Decodes the instructions from eip into a block. */
final class BlockBuilder {
  /** Instructions in a block at most: bounds the time between two looks for events. */
  static final int LIMIT = 64;

  private final Cpu cpu;
  private final Decoder decoder;
  private final AddressMarks marks;
  private final CodeBytes inPage = this::byteInPage;
  private final CodeBytes throughPaging = this::byteThroughPaging;
  private final Insn[] buffer = new Insn[LIMIT];

  // the instruction being decoded: its first byte, and what is left of its page
  private long host;
  private int linear;
  private int left;
  private boolean crossed;

  BlockBuilder(Cpu cpu, Decoder decoder, AddressMarks marks) {
    this.cpu = cpu;
    this.decoder = decoder;
    this.marks = marks;
  }

  private int byteInPage(int offset) {
    if (offset >= left) {
      crossed = true;
      return 0;
    }
    return Host.get8(host + offset);
  }

  private int byteThroughPaging(int offset) {
    if (offset >= left) {
      crossed = true;
    }
    return cpu.mmu.fetch8(linear + offset);
  }

  /**
   * The block at a linear address; may throw the fault of its first instruction's fetch.
   *
   * @param startHost host address of the first byte; 0 if it is not in plain memory, and then the
   *     block has one instruction
   */
  Block build(int start, long startHost) {
    Block block = new Block();
    block.host = startHost;
    block.marked = marks.contains(start);
    block.markPage = marks.page(start);
    block.passing = startHost == 0;
    int count = 0;
    int offset = 0;
    while (count < LIMIT) {
      linear = start + offset;
      host = startHost + offset;
      left = 0x1000 - (linear & 0xfff);
      crossed = false;
      if (count > 0 && (offset > 0 && left == 0x1000 || marks.contains(linear))) {
        break;
      }
      boolean single = count == 0 && (startHost == 0 || left < 15);
      Insn insn = decoder.decode(single ? throughPaging : inPage, cpu.code32);
      if (crossed && count > 0) {
        break;
      }
      offset += insn.length;
      insn.end = offset;
      buffer[count++] = insn;
      if (crossed) {
        block.secondPage = startHost == 0 ? 0 : cpu.mmu.codeHost((linear | 0xfff) + 1);
        block.passing = block.secondPage == 0;
        break;
      }
      if (startHost == 0 || Lowering.endsBlock(insn)) {
        break;
      }
    }
    block.insns = Arrays.copyOf(buffer, count);
    block.length = offset;
    return block;
  }

  /** Throws #GP(0) unless the bytes from eip lie within the code segment's limit. */
  static void checkLimit(Cpu c, int length) {
    if ((c.eip & 0xffff_ffffL) + length - 1 > c.segment[SegmentRegister.CS].high) {
      throw c.gp(0);
    }
  }
}
