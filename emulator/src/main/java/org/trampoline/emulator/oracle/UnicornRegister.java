package org.trampoline.emulator.oracle;

/**
 * The registers of a 32-bit x86, with Unicorn's number for each ({@code uc_x86_reg} of x86.h). The
 * descriptor-table registers whole and model-specific registers have their own methods in {@link
 * Unicorn}.
 */
public enum UnicornRegister {
  EAX(19),
  ECX(22),
  EDX(24),
  EBX(21),
  ESP(30),
  EBP(20),
  ESI(29),
  EDI(23),
  EIP(26),
  EFLAGS(25),
  ES(28),
  CS(11),
  SS(49),
  DS(17),
  FS(32),
  GS(33),
  /** Selector only, and only to be read; {@link Unicorn#ldtr()} has the rest. */
  LDTR(244),
  /** Selector only, and only to be read; {@link Unicorn#tr()} has the rest. */
  TR(245),
  CR0(50),
  CR2(52),
  CR3(53),
  CR4(54),
  DR0(66),
  DR1(67),
  DR2(68),
  DR3(69),
  DR6(72),
  DR7(73),
  /** x87 control word. */
  FPCW(246),
  /** x87 status word. */
  FPSW(31),
  /** x87 tag word, two bits a register. */
  FPTAG(247),
  /** SSE control and status. */
  MXCSR(249),
  /** x87 last instruction offset, selector; last operand offset, selector; opcode. */
  FIP(254),
  FCS(255),
  FDP(256),
  FDS(257),
  FOP(258),
  /** 80 bits. */
  ST0(114),
  ST1(115),
  ST2(116),
  ST3(117),
  ST4(118),
  ST5(119),
  ST6(120),
  ST7(121),
  /** 128 bits. */
  XMM0(122),
  XMM1(123),
  XMM2(124),
  XMM3(125),
  XMM4(126),
  XMM5(127),
  XMM6(128),
  XMM7(129);

  final int id;

  UnicornRegister(int id) {
    this.id = id;
  }
}
