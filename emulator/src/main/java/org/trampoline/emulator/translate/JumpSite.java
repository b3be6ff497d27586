package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.CMP;
import static org.trampoline.emulator.translate.HostOpcodes.EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.NOT_EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.SHL;
import static org.trampoline.emulator.translate.HostOpcodes.SHR;

import org.trampoline.emulator.memory.TranslationMap;

/**
 * The end of a near jump, call or return whose target is only known when it is executed. Its code
 * compares the target with the first two that it has led to and goes on at their blocks; when a
 * third one comes it looks in the table of {@link TranslatorState}, as traps and their returns
 * always do. The comparisons are filled in by {@link CodeCache#learn}.
 *
 * <p>Within the page the block behind a comparison is as valid as one behind a direct jump; into
 * another page the entry of the execute map is compared first, by code that is out of the way.
 */
final class JumpSite {
  /** Targets that a jump is compared with. */
  static final int WAYS = 2;

  /** Fields of the record of {@link Exit#TARGET}: offset of the first comparison's immediate. */
  static final int FIRST = 8;

  /** Offset of the code that looks in the table. */
  static final int LOOK_UP = 12;

  /** How many targets are known. */
  static final int KNOWN = 16;

  /** A link's record for each way. */
  private static final int LINKS = 20;

  private static final int LINK_BYTES = 24;
  static final int RECORD_BYTES = LINKS + WAYS * LINK_BYTES;

  /** Bytes of a comparison and its jump, and from its immediate to the jump's displacement. */
  static final int COMPARISON_BYTES = 13;

  static final int JUMP_FIELD = 6;

  /** Where a further comparison had its immediate: from there to the last jump's displacement. */
  static final int OTHER_FIELD = -2;

  /** Bytes of the code that goes to another page; in it the fields of the entry and the jump. */
  private static final int REMOTE_BYTES = 25;

  static final int ENTRY_FIELD = 3;
  static final int REMOTE_FIELD = 21;

  private static final int VALUE = HostRegisters.VALUE;
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int ADDEND = HostRegisters.ADDEND;
  private static final int PAGE_SHIFT = 12;
  private static final int RECORD_FROM_STUB = 14;

  private JumpSite() {}

  /** Offset of the link's record of a way. */
  static int link(int record, int way) {
    return record + LINKS + way * LINK_BYTES;
  }

  /** Offset of a way's code that goes to another page. */
  static int remote(int record, int way) {
    return record + RECORD_BYTES + way * REMOTE_BYTES;
  }

  /** Goes on at the block whose eip is in {@link HostRegisters#VALUE}, which is within limits. */
  static void jumpToValue(Emission e) {
    e.pointers.spill(e.hot);
    e.checks.view();
    int miss = e.stub(Exit.JUMP, 0, -1);
    int wild = e.checks.wildCode();
    int lookUp = e.coldOffset();
    lookUp(e, true, miss, wild);
    int stub = e.coldOffset();
    int record = stub + RECORD_FROM_STUB;
    int first = e.hotOffset() + 3;
    for (int way = 0; way < WAYS; way++) {
      e.hot.register(4, 0x81, CMP, VALUE);
      e.hot.emit32(0);
      e.jumpIf(EQUAL, stub);
    }
    e.jump(stub);
    HostAssembler cold = e.cold;
    cold.move(ADDRESS, VALUE);
    cold.moveImmediate(ADDEND, record);
    e.coldJump(e.entry().exits[Exit.TARGET.ordinal()]);
    cold.emit32(e.blockEip());
    cold.emit32(0);
    cold.emit32(first);
    cold.emit32(lookUp);
    cold.emit32(0);
    for (int way = 0; way < WAYS; way++) {
      e.linkRecord(0, 0, stub, Exit.NO_ADDEND);
    }
    for (int way = 0; way < WAYS; way++) {
      remote(e, stub, link(record, way));
    }
  }

  /** Goes to another page, which has to be where it was. */
  private static void remote(Emission e, int stub, int link) {
    e.cold.memory(8, 0x8b, ADDEND, HostRegisters.VIEW, (int) TranslationMap.EXECUTE);
    e.cold.emit8(0x4c, 0x3b, 0x1d); // cmp r11,[rip+…]
    e.cold.emit32(link + Exit.ADDEND - (e.coldOffset() + 4));
    e.coldJumpIf(NOT_EQUAL, stub);
    e.coldJump(stub);
  }

  /** As {@link #jumpToValue}, for jumps that lead to many targets. */
  static void lookUpValue(Emission e) {
    e.pointers.spill(e.hot);
    e.checks.view();
    int miss = e.stub(Exit.JUMP, 0, -1);
    lookUp(e, false, miss, e.checks.wildCode());
  }

  private static void lookUp(Emission e, boolean outOfTheWay, int miss, int wild) {
    HostAssembler a = outOfTheWay ? e.cold : e.hot;
    CodeMode mode = e.mode;
    int jumps = TranslatorState.JUMPS;
    a.move(ADDRESS, VALUE);
    a.move(ADDEND, VALUE);
    a.and(ADDEND, TranslatorState.JUMP_ENTRIES - 1);
    a.shift(4, SHL, ADDEND, TranslatorState.JUMP_SHIFT);
    entry(a, mode.id == 0 ? 8 : 4, 0x39, ADDRESS, jumps);
    leaveIfOther(e, outOfTheWay, miss);
    if (mode.id != 0) {
      entry(a, 4, 0x81, CMP, jumps + TranslatorState.JUMP_MODE);
      a.emit32(mode.id);
      leaveIfOther(e, outOfTheWay, miss);
    }
    if (mode.codeBase != 0) {
      a.arithmeticImmediate(4, 0, VALUE, mode.codeBase);
    }
    a.shift(4, SHR, VALUE, PAGE_SHIFT);
    int execute = (int) TranslationMap.EXECUTE;
    a.memory(8, 0x8b, VALUE, HostRegisters.VIEW, VALUE, 3, execute);
    entry(a, 8, 0x3b, VALUE, jumps + TranslatorState.JUMP_ADDEND);
    leaveIfOther(e, outOfTheWay, miss);
    if (e.checks.on()) {
      entry(a, 8, 0x8b, ADDRESS, jumps + TranslatorState.JUMP_CODE);
      e.checks.code(outOfTheWay, wild);
    }
    entry(a, 4, 0xff, 4, jumps + TranslatorState.JUMP_CODE);
  }

  private static void leaveIfOther(Emission e, boolean outOfTheWay, int miss) {
    if (outOfTheWay) {
      e.coldJumpIf(NOT_EQUAL, miss);
    } else {
      e.jumpIf(NOT_EQUAL, miss);
    }
  }

  private static void entry(HostAssembler a, int size, int opcode, int reg, int offset) {
    a.memory(size, opcode, reg, HostRegisters.STATE, ADDEND, 0, offset);
  }
}
