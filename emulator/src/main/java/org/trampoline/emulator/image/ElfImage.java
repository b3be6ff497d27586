package org.trampoline.emulator.image;

import java.util.ArrayList;
import java.util.List;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.device.Pc;

/**
 * An executable in the 32-bit ELF format (System V ABI, chapter 4 and 5), linked for addresses
 * without paging. Its loadable segments go to their physical addresses; it is started in flat
 * protected mode at CPL 0 with the stack at the end of RAM.
 */
public final class ElfImage implements Image {
  private static final int MAGIC = 0x464c_457f;
  private static final int HEADER = 52;
  private static final int PROGRAM_HEADER = 32;
  private static final int CLASS_32 = 1;
  private static final int LITTLE_ENDIAN = 1;
  private static final int EXECUTABLE = 2;
  private static final int I386 = 3;
  private static final int LOADABLE = 1;

  private record Segment(long physical, long virtual, byte[] bytes, long size) {}

  private final List<Segment> segments = new ArrayList<>();
  private final int entry;

  /**
   * @throws BadImage if it is no such file
   */
  public ElfImage(byte[] content) {
    ImageFile file = new ImageFile(content);
    check(file);
    int table = file.u32(28);
    int count = file.u16(44);
    for (int i = 0; i < count; i++) {
      long header = (table & 0xffff_ffffL) + (long) i * PROGRAM_HEADER;
      if (!file.has(header, PROGRAM_HEADER)) {
        throw new BadImage("program header %d is beyond the end of the file".formatted(i));
      }
      if (file.u32((int) header) == LOADABLE) {
        add(file, (int) header, i);
      }
    }
    if (segments.isEmpty()) {
      throw new BadImage("has no loadable segment: expected a linked executable");
    }
    entry = physical(file.offset(24));
  }

  /** Whether a file starts as an ELF file does. */
  static boolean recognised(ImageFile file) {
    return file.has(0, 4) && file.u32(0) == MAGIC;
  }

  private static void check(ImageFile file) {
    if (!recognised(file)) {
      throw new BadImage("is no ELF file");
    }
    if (file.u8(4) != CLASS_32) {
      throw new BadImage("is a 64-bit ELF file: expected a 32-bit one (gcc -m32)");
    }
    int machine = file.u16(18);
    if (file.u8(5) != LITTLE_ENDIAN || machine != I386) {
      throw new BadImage("is an ELF file for machine %d: expected 3, i386".formatted(machine));
    }
    int type = file.u16(16);
    if (type != EXECUTABLE) {
      throw new BadImage(
          "is an ELF file of type %d: expected 2, an executable for fixed addresses"
              .formatted(type));
    }
    file.slice(0, HEADER);
    if (file.u16(44) != 0 && file.u16(42) != PROGRAM_HEADER) {
      throw new BadImage(
          "has program headers of %d bytes: expected %d".formatted(file.u16(42), PROGRAM_HEADER));
    }
  }

  private void add(ImageFile file, int header, int number) {
    long offset = file.offset(header + 4);
    long inFile = file.offset(header + 16);
    long inMemory = file.offset(header + 20);
    if (!file.has(offset, inFile)) {
      throw new BadImage("segment %d is beyond the end of the file".formatted(number));
    }
    if (inFile > inMemory) {
      throw new BadImage(
          "segment %d has %d bytes in the file but %d in memory"
              .formatted(number, inFile, inMemory));
    }
    if (inMemory > 0) {
      segments.add(
          new Segment(
              file.offset(header + 12),
              file.offset(header + 8),
              file.slice(offset, inFile),
              inMemory));
    }
  }

  /** The entry point is a virtual address, but there is no paging at first. */
  private int physical(long virtual) {
    for (Segment s : segments) {
      if (virtual >= s.virtual && virtual < s.virtual + s.size) {
        return (int) (virtual - s.virtual + s.physical);
      }
    }
    return (int) virtual;
  }

  /** Physical address of the first instruction. */
  public int entry() {
    return entry;
  }

  void put(Loader loader) {
    for (int i = 0; i < segments.size(); i++) {
      Segment s = segments.get(i);
      loader.put("segment " + i, s.physical, s.bytes, s.size);
    }
  }

  /** Whether nothing of it is in a range of physical memory. */
  boolean leaves(long start, long end) {
    return segments.stream().noneMatch(s -> s.physical < end && s.physical + s.size > start);
  }

  @Override
  public void load(Pc pc) {
    Machine machine = pc.machine();
    put(new Loader(machine));
    machine.flatProtectedMode();
    machine.cpu().eip = entry;
    machine.cpu().reg[Cpu.ESP] = (int) machine.ram().byteSize();
  }
}
