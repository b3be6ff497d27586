package org.trampoline.emulator.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.trampoline.emulator.oracle.UnicornRegister.CR0;
import static org.trampoline.emulator.oracle.UnicornRegister.CR2;
import static org.trampoline.emulator.oracle.UnicornRegister.CS;
import static org.trampoline.emulator.oracle.UnicornRegister.EBX;
import static org.trampoline.emulator.oracle.UnicornRegister.ECX;
import static org.trampoline.emulator.oracle.UnicornRegister.EDX;
import static org.trampoline.emulator.oracle.UnicornRegister.EIP;
import static org.trampoline.emulator.oracle.UnicornRegister.ESI;
import static org.trampoline.emulator.oracle.UnicornRegister.ESP;
import static org.trampoline.emulator.oracle.UnicornRegister.SS;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * From the reset vector through real mode, protected mode and paging at 0xc0000000 into ring 3, all
 * by guest code, on Unicorn: everything the kernel's boot needs works there.
 */
class UnicornBootTest {
  private static final int GDT = 0x5e00;

  private static final String REAL_MODE =
      """
      31 c0 # xorw %ax,%ax
      8e d8 # movw %ax,%ds
      b8 c0 07 # movw $0x7c0,%ax
      8e d0 # movw %ax,%ss
      bc 00 01 # movw $0x100,%sp
      68 34 12 # pushw $0x1234
      5b # popw %bx
      fa # cli
      66 0f 01 16 00 5f # lgdtl 0x5f00
      0f 20 c0 # movl %cr0,%eax
      0c 01 # orb $0x1,%al
      0f 22 c0 # movl %eax,%cr0
      66 ea 00 00 01 00 08 00 # ljmpl $0x8,$0x10000\
      """;

  private static final String PROTECTED_MODE =
      """
      b8 10 00 00 00 # movl $0x10,%eax
      8e d8 # movl %eax,%ds
      8e c0 # movl %eax,%es
      8e d0 # movl %eax,%ss
      bc 00 90 00 00 # movl $0x9000,%esp
      fc # cld
      bf 00 10 02 00 # movl $0x21000,%edi
      31 c0 # xorl %eax,%eax
      b9 00 04 00 00 # movl $0x400,%ecx
      f3 ab # rep stosl %eax,%es:(%edi)
      bf 00 20 02 00 # movl $0x22000,%edi
      b8 07 00 00 00 # movl $0x7,%eax
      ab # 1: stosl %eax,%es:(%edi)
      05 00 10 00 00 # addl $0x1000,%eax
      3d 07 00 10 00 # cmpl $0x100007,%eax
      75 f3 # jne 1b
      c7 05 00 10 02 00 07 20 02 00 # movl $0x22007,0x21000
      c7 05 00 1c 02 00 07 20 02 00 # movl $0x22007,0x21c00
      b8 00 10 02 00 # movl $0x21000,%eax
      0f 22 d8 # movl %eax,%cr3
      0f 20 c0 # movl %cr0,%eax
      0d 00 00 01 80 # orl $0x80010000,%eax
      0f 22 c0 # movl %eax,%cr0
      ea 64 00 01 c0 08 00 # ljmpl $0x8,$0xc0010064
      0f b2 25 10 5f 00 c0 # lssl 0xc0005f10,%esp
      0f 01 15 20 5f 00 c0 # lgdtl 0xc0005f20
      0f 01 1d 28 5f 00 c0 # lidtl 0xc0005f28
      b8 28 00 00 00 # movl $0x28,%eax
      0f 00 d8 # ltr %ax
      31 c0 # xorl %eax,%eax
      0f 00 d0 # lldt %ax
      a3 00 10 02 c0 # movl %eax,0xc0021000
      0f 20 d9 # movl %cr3,%ecx
      0f 22 d9 # movl %ecx,%cr3
      0f 01 3d 00 00 00 c0 # invlpg 0xc0000000
      68 46 02 00 00 # pushl $0x246
      9d # popfl
      9c # pushfl
      5e # popl %esi
      b8 07 00 00 00 # movl $0x7,%eax
      50 # pushl %eax
      ba 05 00 00 00 # movl $0x5,%edx
      0f b1 14 24 # cmpxchgl %edx,(%esp)
      5b # popl %ebx
      fb # sti
      fa # cli
      9c # pushfl
      6a 08 # pushl $0x8
      68 bb 00 01 c0 # pushl $0xc00100bb
      cf # iretl, to ring 0
      6a 23 # pushl $0x23
      68 00 80 00 c0 # pushl $0xc0008000
      68 02 02 00 00 # pushl $0x202
      6a 1b # pushl $0x1b
      68 cf 00 01 c0 # pushl $0xc00100cf
      cf # iretl, to ring 3
      6a 01 # pushl $0x1
      59 # popl %ecx
      8b 3d 00 00 00 00 # movl 0x0,%edi: the low mapping is gone
      f4 # hlt\
      """;

  @Test
  void bootsFromResetToRing3() {
    Oracles.requireUnicorn();
    try (Unicorn engine = new Unicorn()) {
      engine.map(0, 1 << 20, Unicorn.ALL);
      engine.map(0xffff_0000, 0x10000, Unicorn.ALL);
      engine.write(0xffff_fff0, Listing.code("ea 00 e0 00 f0 # ljmpw $0xf000,$0xe000"));
      engine.write(0xfe000, Listing.code(REAL_MODE));
      engine.write(0x10000, Listing.code(PROTECTED_MODE));
      int[] descriptors = {
        0, 0,
        0x0000_ffff, 0x00cf_9b00, // 08 kernel code
        0x0000_ffff, 0x00cf_9300, // 10 kernel data
        0x0000_ffff, 0x00cf_fb00, // 18 user code
        0x0000_ffff, 0x00cf_f300, // 20 user data
        0x7000_0067, 0xc000_8900, // 28 TSS at 0xc0007000
      };
      for (int i = 0; i < descriptors.length; i++) {
        engine.writeInt(GDT + 4 * i, descriptors[i]);
      }
      engine.write(0x5f00, Listing.code("2f 00 00 5e 00 00 # GDT, physical"));
      engine.write(0x5f10, Listing.code("00 80 00 c0 10 00 # stack"));
      engine.write(0x5f20, Listing.code("2f 00 00 5e 00 c0 # GDT, linear"));
      engine.write(0x5f28, Listing.code("ff 07 00 60 00 c0 # IDT"));
      UnicornReset.reset(engine, 0x673);
      List<Integer> vectors = new ArrayList<>();
      engine.onInterrupt(
          vector -> {
            vectors.add(vector);
            engine.stop();
          });

      assertEquals(UnicornError.OK, engine.run((int) engine.get(EIP), 0));

      assertEquals(List.of(14), vectors);
      assertEquals(0, engine.get(CR2));
      assertEquals(0xc001_00d2L, engine.get(EIP));
      assertEquals(0x1b, engine.get(CS));
      assertEquals(0x23, engine.get(SS));
      assertEquals(0xc000_8000L, engine.get(ESP));
      assertEquals(0xe001_0011L, engine.get(CR0));
      assertEquals(0x246, engine.get(ESI), "pushf after popf");
      assertEquals(5, engine.get(EBX), "cmpxchg stored edx");
      assertEquals(5, engine.get(EDX));
      assertEquals(1, engine.get(ECX), "ring 3 has a stack");
      assertEquals(DescriptorRegister.table(0xc000_5e00, 0x2f), engine.gdtr());
      assertEquals(DescriptorRegister.table(0xc000_6000, 0x7ff), engine.idtr());
      assertEquals(0x28, engine.tr().selector());
      assertEquals(0xc000_7000, engine.tr().base());
      assertEquals(0x8b00, engine.readInt(GDT + 0x2c) & 0xff00, "ltr sets the busy bit");
    }
  }
}
