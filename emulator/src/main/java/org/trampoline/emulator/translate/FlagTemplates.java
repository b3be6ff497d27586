package org.trampoline.emulator.translate;

/** LAHF, SAHF, CLC, STC, CMC, CLD, STD. */
final class FlagTemplates {
  private static final int VALUE = HostRegisters.VALUE;
  private static final int FLAGS = HostRegisters.FLAGS;

  private FlagTemplates() {}

  /** LAHF: SF:ZF:0:AF:0:PF:1:CF into ah. */
  static boolean load(Emission e) {
    HostAssembler a = e.hot;
    e.flags.bringHome();
    a.move(VALUE, FLAGS);
    a.and(VALUE, 0xd500);
    a.arithmeticImmediate(4, 1, VALUE, 0x200);
    a.and(HostRegisters.EAX, ~0xff00);
    a.register(4, 0x09, VALUE, HostRegisters.EAX);
    return true;
  }

  static boolean store(Emission e) {
    HostAssembler a = e.hot;
    e.flags.bringHome();
    a.move(VALUE, HostRegisters.EAX);
    a.and(VALUE, 0xd500);
    a.and(FLAGS, 1);
    a.register(4, 0x09, VALUE, FLAGS);
    e.flags.atHome();
    return true;
  }

  /** Clears, sets or complements CF. */
  static boolean carry(Emission e, int operation, int mask) {
    e.flags.bringHome();
    e.hot.arithmeticImmediate(4, operation, FLAGS, mask);
    e.flags.atHome();
    return true;
  }

  static boolean direction(Emission e, int step) {
    e.hot.memory(4, 0xc7, 0, HostRegisters.STATE, TranslatorState.DIRECTION);
    e.hot.emit32(step);
    return true;
  }
}
