package org.trampoline.kernel.arch;

/**
 * Descriptors and flags by their names in include/asm-i386/segment.h, processor.h and
 * arch/i386/kernel/head.S.
 */
public final class Segments {
  public static final int BOOT_CS = 0x10;
  public static final int BOOT_DS = 0x18;
  public static final int KERNEL_CS = 0x60;
  public static final int KERNEL_DS = 0x68;
  public static final int USER_CS = 0x73;
  public static final int USER_DS = 0x7b;

  /** 2.6.20: the per-processor data area, behind gs. */
  public static final int KERNEL_PDA = 0xd8;

  public static final int GDT_ENTRIES = 32;
  public static final int GDT_ENTRY_TLS_MIN = 6;
  public static final int GDT_ENTRY_TSS = 16;
  public static final int GDT_ENTRY_PDA = 27;
  public static final int GDT_ENTRY_DOUBLEFAULT_TSS = 31;

  public static final int X86_EFLAGS_PF = 0x4;
  public static final int X86_EFLAGS_SF = 0x80;
  public static final int X86_EFLAGS_IF = 0x200;
  public static final int X86_EFLAGS_VM = 0x20000;

  /** The vector of system calls. */
  public static final int SYSCALL_VECTOR = 0x80;

  private Segments() {}
}
