package org.trampoline.emulator.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.device.Pc;

/**
 * A Linux kernel as {@code bzImage}, started at its 32-bit entry point with the "zero page" that
 * its real-mode part would have made with a BIOS's help (Linux's Documentation/arch/x86/boot.rst,
 * "32-bit Boot Protocol", and zero-page.rst). Protocol 2.02 (Linux 2.4) or later.
 */
public final class LinuxImage implements Image {
  // fields of the setup header, by their offset in the file and in the zero page
  private static final int SETUP_SECTORS = 0x1f1;
  private static final int BOOT_FLAG = 0x1fe;
  private static final int JUMP = 0x201;
  private static final int MAGIC = 0x202;
  private static final int VERSION = 0x206;
  private static final int LOADER_TYPE = 0x210;
  private static final int LOAD_FLAGS = 0x211;
  private static final int CODE32_START = 0x214;
  private static final int INITRD_START = 0x218;
  private static final int INITRD_SIZE = 0x21c;
  private static final int COMMAND_LINE = 0x228;
  private static final int INITRD_MAXIMUM = 0x22c;
  private static final int COMMAND_LINE_SIZE = 0x238;

  // of the zero page alone
  private static final int EXTENDED_KB = 0x002;
  private static final int ALTERNATIVE_KB = 0x1e0;
  private static final int E820_ENTRIES = 0x1e8;
  private static final int E820_MAP = 0x2d0;

  private static final int HEADER_MAGIC = 0x5372_6448; // HdrS
  private static final int LOADED_HIGH = 1;
  private static final int UNDEFINED_LOADER = 0xff;
  private static final int SECTOR = 512;

  /** Before protocol 2.03 an initrd had to end here. */
  private static final long OLD_INITRD_MAXIMUM = 0x37ff_ffffL;

  // our places in low memory
  private static final int GDT = 0x6000;
  private static final int ZERO_PAGE = 0x1_0000;
  private static final int COMMAND_LINE_PLACE = 0x2_0000;
  private static final int STACK = 0x1_0000;

  private static final int BOOT_CS = 0x10;
  private static final int BOOT_DS = 0x18;
  private static final long CODE = 0x00cf_9b00_0000_ffffL;
  private static final long DATA = 0x00cf_9300_0000_ffffL;

  private final ImageFile file;
  private final String commandLine;
  private final byte[] initrd;

  /**
   * @param initrd contents of the initial RAM disk or file system; empty for none
   * @throws BadImage if it is no such file
   */
  public LinuxImage(byte[] content, String commandLine, byte[] initrd) {
    file = new ImageFile(content);
    this.commandLine = commandLine;
    this.initrd = initrd;
    if (!recognised(file)) {
      throw new BadImage("is no Linux kernel: expected a bzImage");
    }
    if ((file.u8(LOAD_FLAGS) & LOADED_HIGH) == 0 || version() < 0x202) {
      throw new BadImage(
          "is a Linux kernel of boot protocol %d.%02d below 1 MB: expected a bzImage of 2.02 or"
                  .formatted(version() >> 8, version() & 0xff)
              + " later");
    }
    int longest = version() >= 0x206 ? file.u32(COMMAND_LINE_SIZE) : 255;
    if (commandLine.getBytes(StandardCharsets.UTF_8).length > longest) {
      throw new BadImage(
          "takes a command line of at most %d bytes, --append has more".formatted(longest));
    }
  }

  /** Whether a file has a Linux kernel's setup header. */
  static boolean recognised(ImageFile file) {
    return file.has(0, COMMAND_LINE + 4)
        && file.u16(BOOT_FLAG) == 0xaa55
        && file.u32(MAGIC) == HEADER_MAGIC;
  }

  private int version() {
    return file.u16(VERSION);
  }

  @Override
  public void load(Pc pc) {
    Machine machine = pc.machine();
    long ram = machine.ram().byteSize();
    Loader loader = new Loader(machine);
    int sectors = file.u8(SETUP_SECTORS) == 0 ? 4 : file.u8(SETUP_SECTORS);
    int kernel = (sectors + 1) * SECTOR;
    int entry = file.u32(CODE32_START);
    loader.put(
        "the kernel", entry & 0xffff_ffffL, file.slice(kernel, Math.max(0, file.size() - kernel)));
    ByteBuffer zeroPage = zeroPage(ram);
    if (initrd.length > 0) {
      long at = initrdPlace(ram);
      if (at < loader.endPage()) {
        throw new BadImage(
            "and its initrd of %d bytes do not fit into %d MB, see --memory"
                .formatted(initrd.length, ram >> 20));
      }
      loader.put("the initrd", at, initrd);
      zeroPage.putInt(INITRD_START, (int) at).putInt(INITRD_SIZE, initrd.length);
    }
    loader.put("the zero page", ZERO_PAGE, zeroPage.array());
    loader.put(
        "the command line",
        COMMAND_LINE_PLACE,
        (commandLine + '\0').getBytes(StandardCharsets.UTF_8));
    start(machine, loader, entry);
  }

  private long initrdPlace(long ram) {
    long maximum = version() >= 0x203 ? file.offset(INITRD_MAXIMUM) : OLD_INITRD_MAXIMUM;
    return Math.min(ram, maximum + 1) - initrd.length & ~0xfffL;
  }

  private ByteBuffer zeroPage(long ram) {
    ByteBuffer page = ByteBuffer.allocate(0x1000).order(ByteOrder.LITTLE_ENDIAN);
    int headerEnd = MAGIC + file.u8(JUMP);
    page.put(SETUP_SECTORS, file.slice(SETUP_SECTORS, headerEnd - SETUP_SECTORS));
    page.put(LOADER_TYPE, (byte) UNDEFINED_LOADER);
    page.putInt(COMMAND_LINE, COMMAND_LINE_PLACE);
    int extendedKb = (int) (ram - MemoryMap.HIGH_START >> 10);
    page.putShort(EXTENDED_KB, (short) Math.min(extendedKb, 0xffff));
    page.putInt(ALTERNATIVE_KB, extendedKb);
    int at = E820_MAP;
    for (MemoryMap.Range range : MemoryMap.of(ram).ranges()) {
      page.putLong(at, range.start());
      page.putLong(at + 8, range.size()).putInt(at + 16, range.type());
      at += 20;
    }
    page.put(E820_ENTRIES, (byte) ((at - E820_MAP) / 20));
    return page;
  }

  /** The state the protocol asks for: flat segments __BOOT_CS and __BOOT_DS, ESI the zero page. */
  private static void start(Machine machine, Loader loader, int entry) {
    ByteBuffer gdt = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    gdt.putLong(BOOT_CS, CODE).putLong(BOOT_DS, DATA);
    loader.put("the GDT", GDT, gdt.array());
    machine.flatProtectedMode();
    Cpu c = machine.cpu();
    c.gdtBase = GDT;
    c.gdtLimit = 31;
    for (SegmentRegister segment : c.segment) {
      segment.selector = segment.number == SegmentRegister.CS ? BOOT_CS : BOOT_DS;
    }
    java.util.Arrays.fill(c.reg, 0);
    c.reg[Cpu.ESI] = ZERO_PAGE;
    c.reg[Cpu.ESP] = STACK;
    c.eip = entry;
  }
}
