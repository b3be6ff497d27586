package org.trampoline.emulator.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.device.Pc;

/**
 * A kernel with a Multiboot header (Multiboot Specification 0.6.96), as ELF file or with the
 * addresses in the header. It gets memory sizes and map, command line, modules and the name of the
 * boot loader.
 */
public final class MultibootImage implements Image {
  private static final int HEADER_MAGIC = 0x1bad_b002;
  private static final int LOADER_MAGIC = 0x2bad_b002;

  /** The header lies within the first 8 KB. */
  private static final int SEARCHED = 8192;

  private static final int ADDRESSES = 1 << 16;

  /** Requirements of which we know how to meet only alignment and memory information. */
  private static final int UNKNOWN_REQUIREMENTS = 0xfffc;

  // information we give
  private static final int MEMORY = 1;
  private static final int COMMAND_LINE = 1 << 2;
  private static final int MODULES = 1 << 3;
  private static final int MEMORY_MAP = 1 << 6;
  private static final int LOADER_NAME = 1 << 9;

  private static final int INFORMATION = 116;
  private static final int MODULE = 16;
  private static final int RANGE = 24;
  private static final String NAME = "trampoline";

  /** Where the information may lie, all of it below the BIOS's data at 9FC00H. */
  private static final int[] PLACES = {0x9_0000, 0x8_0000, 0x1_0000};

  private static final int ROOM = 0xfc00;

  private final ImageFile file;
  private final String commandLine;
  private final List<BootModule> modules;
  private final int header;
  private final ElfImage elf;

  /**
   * @param commandLine without the kernel's name
   * @throws BadImage if it is no such file
   */
  public MultibootImage(byte[] content, String commandLine, List<BootModule> modules) {
    file = new ImageFile(content);
    this.commandLine = commandLine;
    this.modules = List.copyOf(modules);
    header = header(file);
    if (header < 0) {
      throw new BadImage("has no Multiboot header in its first 8 KB");
    }
    int unknown = flags() & UNKNOWN_REQUIREMENTS;
    if (unknown != 0) {
      throw new BadImage(
          "Multiboot header requires features 0x%x, which are not provided: no video mode, no"
                  .formatted(unknown)
              + " others than page alignment and memory information");
    }
    elf = (flags() & ADDRESSES) != 0 ? null : new ElfImage(content);
  }

  private int flags() {
    return file.u32(header + 4);
  }

  /** Offset of the header, or -1. */
  static int header(ImageFile file) {
    for (int at = 0; at < SEARCHED && file.has(at, 12); at += 4) {
      if (file.u32(at) == HEADER_MAGIC && file.u32(at) + file.u32(at + 4) + file.u32(at + 8) == 0) {
        return at;
      }
    }
    return -1;
  }

  @Override
  public void load(Pc pc) {
    Machine machine = pc.machine();
    Loader loader = new Loader(machine);
    int entry;
    if (elf != null) {
      elf.put(loader);
      entry = elf.entry();
    } else {
      entry = putByAddresses(loader);
    }
    int information = place();
    byte[] bytes = information(loader, information, machine.ram().byteSize());
    if (bytes.length > ROOM) {
      throw new BadImage("command line and modules' names are longer than 60 KB");
    }
    loader.put("the boot information", information, bytes);
    machine.flatProtectedMode();
    Cpu c = machine.cpu();
    c.eip = entry;
    c.reg[Cpu.EAX] = LOADER_MAGIC;
    c.reg[Cpu.EBX] = information;
  }

  /** Loads as the header's addresses say. */
  private int putByAddresses(Loader loader) {
    long headerAddress = file.offset(header + 12);
    long start = file.offset(header + 16);
    long loadEnd = file.offset(header + 20);
    long bssEnd = file.offset(header + 24);
    long offset = header - (headerAddress - start);
    if (start > headerAddress || offset < 0) {
      throw new BadImage(
          "Multiboot header: load address 0x%x does not fit the header's 0x%x"
              .formatted(start, headerAddress));
    }
    long length = loadEnd == 0 ? file.size() - offset : loadEnd - start;
    if (!file.has(offset, length)) {
      throw new BadImage(
          "Multiboot header: %d bytes to load, but the file has %d"
              .formatted(length, file.size() - offset));
    }
    loader.put("the kernel", start, file.slice(offset, length), Math.max(length, bssEnd - start));
    return file.u32(header + 28);
  }

  private int place() {
    for (int place : PLACES) {
      if (elf == null || elf.leaves(place, place + ROOM)) {
        return place;
      }
    }
    throw new BadImage("leaves no room below 640 KB for the boot information");
  }

  /** Loads the modules, and makes the information structure that lies at {@code at}. */
  private byte[] information(Loader loader, int at, long ram) {
    ByteBuffer b = ByteBuffer.allocate(INFORMATION).order(ByteOrder.LITTLE_ENDIAN);
    Tail tail = new Tail(at + INFORMATION);
    b.putInt(0, MEMORY | COMMAND_LINE | MODULES | MEMORY_MAP | LOADER_NAME);
    b.putInt(4, MemoryMap.LOW_END >> 10);
    b.putInt(8, (int) (ram - MemoryMap.HIGH_START >> 10));
    b.putInt(16, tail.text(commandLine));
    b.putInt(20, modules.size());
    b.putInt(24, tail.add(modules(loader, tail)));
    byte[] map = memoryMap(ram);
    b.putInt(44, map.length);
    b.putInt(48, tail.add(map));
    b.putInt(64, tail.text(NAME));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(b.array());
    all.writeBytes(tail.bytes.toByteArray());
    return all.toByteArray();
  }

  private byte[] modules(Loader loader, Tail tail) {
    ByteBuffer list = ByteBuffer.allocate(MODULE * modules.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (BootModule module : modules) {
      long start = Math.max(loader.endPage(), MemoryMap.HIGH_START);
      loader.put("module " + module.commandLine(), start, module.bytes());
      list.putInt((int) start).putInt((int) (start + module.bytes().length));
      list.putInt(tail.text(module.commandLine())).putInt(0);
    }
    return list.array();
  }

  private static byte[] memoryMap(long ram) {
    List<MemoryMap.Range> ranges = MemoryMap.of(ram).ranges();
    ByteBuffer map = ByteBuffer.allocate(RANGE * ranges.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (MemoryMap.Range range : ranges) {
      map.putInt(RANGE - 4).putLong(range.start()).putLong(range.size()).putInt(range.type());
    }
    return map.array();
  }

  /** What follows the structure and is pointed to from it. */
  private static final class Tail {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int start;

    Tail(int start) {
      this.start = start;
    }

    int add(byte[] part) {
      while (bytes.size() % 4 != 0) {
        bytes.write(0);
      }
      int address = start + bytes.size();
      bytes.writeBytes(part);
      return address;
    }

    int text(String text) {
      return add((text + '\0').getBytes(StandardCharsets.UTF_8));
    }
  }
}
