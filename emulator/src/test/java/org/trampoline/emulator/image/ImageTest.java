package org.trampoline.emulator.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.engine.Register;

class ImageTest {
  private static final int MB = 1 << 20;
  private static final ImageFormat.Boot NOTHING = new ImageFormat.Boot("", List.of(), new byte[0]);

  private final Pc pc = new Pc(Machine.builder().memory(4 * MB));
  private final Machine machine = pc.machine();

  @AfterEach
  void close() {
    pc.close();
  }

  private void start(Image image) {
    image.load(pc);
    assertEquals(new StopReason.Halted(), pc.run(1000));
  }

  private int word(int address) {
    return machine.ram().get(ValueLayout.JAVA_INT_UNALIGNED, address);
  }

  private String text(int address) {
    return machine.ram().getString(address, StandardCharsets.UTF_8);
  }

  private static BadImage refused(byte[] content) {
    return assertThrows(BadImage.class, () -> ImageFormat.recognise(content, NOTHING));
  }

  @Test
  void flatInProtectedMode() {
    byte[] code = ImageBytes.assemble("nop; pushl $5; popl %eax; hlt", 0x10_0000);
    start(new FlatImage(code, 0x10_0000, 0x10_0001, false));
    assertEquals(5, machine.get(Register.EAX));
    assertEquals(4 * MB, machine.get(Register.ESP));
  }

  @Test
  void flatInRealMode() {
    byte[] code = ImageBytes.assemble(".code16; movw %cs, %ax; pushw %ax; popw %bx; hlt", 0);
    start(new FlatImage(code, 0x3_7c00, 0x3_7c00, true));
    assertEquals(0x3000, machine.get(Register.EBX) & 0xffff);
    assertEquals(0x7c05, machine.get(Register.EIP) & 0xffff);
    assertEquals(0x7c00, machine.get(Register.ESP));
    assertEquals(0, machine.get(Register.SS));
  }

  @Test
  void flatThatCannotBe() {
    assertThrows(BadImage.class, () -> new FlatImage(new byte[0], 0, 0, false));
    assertThrows(BadImage.class, () -> new FlatImage(new byte[1], 0, MB, true));
    Image tooHigh = new FlatImage(new byte[0x1000], 4 * MB - 0xfff, 0, false);
    assertTrue(assertThrows(BadImage.class, () -> tooHigh.load(pc)).getMessage().contains("4 MB"));
    Image wrapping = new FlatImage(new byte[16], -1, -1, false);
    assertThrows(BadImage.class, () -> wrapping.load(pc));
  }

  @Test
  void romAtTheResetVector() {
    byte[] rom = new byte[0x1_0000];
    byte[] reset = ImageBytes.assemble(".code16; ljmpw $0xf000, $0x100", 0);
    System.arraycopy(reset, 0, rom, 0xfff0, reset.length);
    byte[] code =
        ImageBytes.assemble(
            ".code16; movw %cs, %ax; movw $0x1234, %cs:0x200; movw %cs:0x200, %bx; hlt", 0x100);
    System.arraycopy(code, 0, rom, 0x100, code.length);
    start(new RomImage(rom));
    assertEquals(0xf000, machine.get(Register.EAX) & 0xffff);
    assertEquals(0, machine.get(Register.EBX), "it cannot be written");
  }

  @Test
  void romOf256KbShowsItsLastHalfBelow1Mb() {
    byte[] rom = new byte[0x4_0000];
    rom[0] = 1;
    rom[0x2_0000] = 2;
    new RomImage(rom).load(pc);
    assertEquals(1, machine.cpu().memory.read8(0xfffc_0000));
    assertEquals(2, machine.cpu().memory.read8(0xfffe_0000));
    assertEquals(2, machine.cpu().memory.read8(0xe_0000));
    assertThrows(BadImage.class, () -> new RomImage(new byte[0x1_8000]));
  }

  @Test
  void elfAtItsPhysicalAddress() {
    byte[] code = ImageBytes.assemble("movl 0x200ffc, %eax; hlt", 0xc020_0000);
    machine.ram().set(ValueLayout.JAVA_INT, 0x20_0ffc, 7);
    byte[] file = ImageBytes.elf(code, 0xc020_0000, 0x20_0000, 0x1000).array();
    start(ImageFormat.recognise(file, NOTHING).orElseThrow());
    assertEquals(0x20_0006, machine.get(Register.EIP), "the entry's physical address");
    assertEquals(0, machine.get(Register.EAX), "the rest of the segment is zeroed");
  }

  @Test
  void elfThatCannotBe() {
    byte[] code = {(byte) 0xf4};
    assertTrue(
        refused(ImageBytes.elf(code, 0, 0, 1).put(4, (byte) 2).array())
            .getMessage()
            .contains("64-bit"));
    ByteBuffer other = ImageBytes.elf(code, 0, 0, 1).putShort(18, (short) 8);
    assertTrue(refused(other.array()).getMessage().contains("machine 8"));
    ByteBuffer object = ImageBytes.elf(code, 0, 0, 1).putShort(16, (short) 1);
    assertTrue(refused(object.array()).getMessage().contains("type 1"));
    refused(ImageBytes.elf(code, 0, 0, 1).putInt(68, 2).array());
    refused(ImageBytes.elf(code, 0, 0, 0).array());
    refused(ImageBytes.elf(code, 0, 0, 1).putInt(28, 0xffff_fff0).array());
    refused(ImageBytes.elf(code, 0, 0, 1).putInt(52, 0).array());
    refused(java.util.Arrays.copyOf(ImageBytes.elf(code, 0, 0, 1).array(), 20));
    byte[] far = ImageBytes.elf(code, 0, 0x7fff_ffff, 1).array();
    assertThrows(BadImage.class, () -> new ElfImage(far).load(pc));
  }

  @Test
  void multibootWithAddressesInTheHeader() {
    byte[] code = ImageBytes.assemble("movl %eax, %esi; hlt", 0x10_0020);
    byte[] file = ImageBytes.multiboot(code, 0x10_0000, 0x1000, 0x1_0003).array();
    List<BootModule> modules =
        List.of(
            new BootModule(new byte[] {1, 2, 3}, "first a b"),
            new BootModule(new byte[] {4}, "second"));
    start(new MultibootImage(file, "root=/dev/ram", modules));
    assertEquals(0x2bad_b002, machine.get(Register.ESI));
    int info = machine.get(Register.EBX);
    assertEquals(1 | 4 | 8 | 64 | 512, word(info));
    assertEquals(639, word(info + 4));
    assertEquals(3 * 1024, word(info + 8));
    assertEquals("root=/dev/ram", text(word(info + 16)));
    assertEquals(2, word(info + 20));
    int module = word(info + 24);
    assertEquals(0x10_2000, word(module), "on a page of its own, after the zeroed part");
    assertEquals(0x10_2003, word(module + 4));
    assertEquals("first a b", text(word(module + 8)));
    assertEquals(0x10_3000, word(module + 16));
    assertEquals(4, word(0x10_3000) & 0xff);
    assertEquals("trampoline", text(word(info + 64)));
    int map = word(info + 48);
    assertEquals(4 * 24, word(info + 44));
    assertEquals(20, word(map));
    int last = map + 3 * 24;
    assertEquals(MB, word(last + 4));
    assertEquals(3 * MB, word(last + 12));
    assertEquals(1, word(last + 20));
  }

  @Test
  void multibootElf() {
    byte[] header = ImageBytes.multiboot(new byte[0], 0, 0, 3).slice(0, 12).array().clone();
    byte[] code = ImageBytes.assemble("1: jmp 2f; .balign 4; .skip 12; 2: hlt", 0x10_0000);
    System.arraycopy(header, 0, code, 4, 12);
    byte[] file = ImageBytes.elf(code, 0x10_0000, 0x10_0000, code.length).array();
    assertInstanceOf(MultibootImage.class, ImageFormat.recognise(file, NOTHING).orElseThrow());
    start(ImageFormat.recognise(file, NOTHING).orElseThrow());
    assertEquals(0x2bad_b002, machine.get(Register.EAX));
  }

  @Test
  void multibootThatCannotBe() {
    byte[] code = {(byte) 0xf4};
    refused(ImageBytes.multiboot(code, 0x10_0000, 0, 0x1_0007).array()); // wants a video mode
    for (ByteBuffer file :
        List.of(
            ImageBytes.multiboot(code, 0x10_0000, 0, 0x1_0000).putInt(16, 0x20_0000),
            ImageBytes.multiboot(code, 0x10_0000, 0, 0x1_0000).putInt(16, 0x0f_0000),
            ImageBytes.multiboot(code, 0x10_0000, 0, 0x1_0000).putInt(20, 0x30_0000),
            ImageBytes.multiboot(code, 0x10_0000, 0, 0x1_0000).putInt(24, 0x7000_0000))) {
      Image image = new MultibootImage(file.array(), "", List.of());
      assertThrows(BadImage.class, () -> image.load(pc));
    }
    String longText = "x".repeat(70_000);
    byte[] good = ImageBytes.multiboot(code, 0x10_0000, 0, 0x1_0000).array();
    assertThrows(BadImage.class, () -> new MultibootImage(good, longText, List.of()).load(pc));
  }

  @Test
  void linuxGetsTheZeroPage() {
    byte[] code = ImageBytes.assemble("movw %cs, %ax; movw %ds, %bx; hlt", MB);
    ImageFormat.Boot boot =
        new ImageFormat.Boot("console=ttyS0", List.of(), new byte[] {9, 8, 7, 6, 5});
    start(ImageFormat.recognise(ImageBytes.linux(code).array(), boot).orElseThrow());
    assertEquals(0x10, machine.get(Register.EAX));
    assertEquals(0x18, machine.get(Register.EBX));
    int page = machine.get(Register.ESI);
    assertEquals("console=ttyS0", text(word(page + 0x228)));
    assertEquals(5, word(page + 0x21c));
    int initrd = word(page + 0x218);
    assertEquals(4 * MB - 0x1000, initrd, "at the end of RAM");
    assertEquals(0x06070809, word(initrd));
    assertEquals(4, word(page + 0x1e8) & 0xff);
    assertEquals(3 * MB, word(page + 0x2d0 + 3 * 20 + 8));
    assertEquals(0x53726448, word(page + 0x202));
    Cpu c = machine.cpu();
    assertEquals(31, c.gdtLimit);
    assertEquals(0x10, c.segment[SegmentRegister.CS].selector);
  }

  @Test
  void linuxThatCannotBe() {
    byte[] code = {(byte) 0xf4};
    refused(ImageBytes.linux(code).put(0x211, (byte) 0).array());
    refused(ImageBytes.linux(code).putShort(0x206, (short) 0x201).array());
    byte[] good = ImageBytes.linux(code).array();
    assertThrows(BadImage.class, () -> new LinuxImage(good, "x".repeat(256), new byte[0]));
    Image big = new LinuxImage(good, "", new byte[3 * MB]);
    assertThrows(BadImage.class, () -> big.load(pc));
  }

  @Test
  void whatHasNoHeaderIsNotRecognised() {
    assertTrue(
        ImageFormat.recognise("movl $1, %eax".getBytes(StandardCharsets.UTF_8), NOTHING).isEmpty());
    assertTrue(ImageFormat.recognise(new byte[0], NOTHING).isEmpty());
    assertTrue(ImageFormat.recognise(new byte[10_000], NOTHING).isEmpty());
  }
}
