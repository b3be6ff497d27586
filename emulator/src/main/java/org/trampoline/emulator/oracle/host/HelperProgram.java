package org.trampoline.emulator.oracle.host;

import static org.trampoline.emulator.oracle.host.Amd64Code.*;

import org.trampoline.emulator.differential.cases.CaseRecord;
import org.trampoline.emulator.differential.cases.CaseWorld;

/**
 * The helper's machine code. After start-up everything happens in its signal handler: it stores the
 * interrupted state as the record's result, puts the next record's state into the signal frame and
 * returns to it.
 */
final class HelperProgram {
  private static final int SYS_READ = 0, SYS_WRITE = 1, SYS_OPEN = 2, SYS_CLOSE = 3, SYS_MMAP = 9;
  private static final int SYS_RT_SIGACTION = 13, SYS_RT_SIGRETURN = 15, SYS_SETITIMER = 38;
  private static final int SYS_SIGALTSTACK = 131, SYS_PRCTL = 157, SYS_EXIT_GROUP = 231;

  private static final int O_RDWR = 2;
  private static final int SHARED_FIXED_POPULATE = 0x8011;
  private static final int READ_WRITE = 3, READ_EXECUTE = 5, READ_WRITE_EXECUTE = 7;
  private static final int ITIMER_PROF = 2;
  private static final int PR_SET_SECCOMP = 22, PR_SET_NO_NEW_PRIVS = 38, MODE_FILTER = 2;
  private static final int SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11;
  private static final int SIGSYS = 31;
  private static final int[] SIGNALS = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};

  /** Offset of the registers in {@code struct ucontext}, and of each in {@code sigcontext}. */
  private static final int CONTEXT = 40;

  private static final int RIP = 128, EFL = 136, CS = 144, SS = 150, ERR = 152, TRAPNO = 160;
  private static final int CR2 = 176, FPSTATE = 184;

  /** Pairs of offsets: in {@code sigcontext}, in a record. */
  private static final int[][] REGISTERS = {
    {64, CaseRecord.EDI}, {72, CaseRecord.ESI}, {80, CaseRecord.EBP}, {88, CaseRecord.EBX},
    {96, CaseRecord.EDX}, {104, CaseRecord.EAX}, {112, CaseRecord.ECX}, {120, CaseRecord.ESP},
    {RIP, CaseRecord.EIP}, {EFL, CaseRecord.EFLAGS}
  };

  /** Offset in a record, and the reg field of {@code mov} from and to the segment register. */
  private static final int[][] SEGMENTS = {
    {CaseRecord.ES, 0}, {CaseRecord.DS, 3}, {CaseRecord.FS, 4}, {CaseRecord.GS, 5}
  };

  private static final int BREAKPOINT = 3;

  /** NT and ID, which returning from a signal leaves as they are. */
  private static final int NT_ID = 0x20_4000;

  private static final int IF = 0x202;

  private static final int CHAIN_CURRENT =
      HelperLayout.CHAIN_REGION + CaseWorld.CHAIN_CURRENT - CaseWorld.CHAIN;
  private static final int CHAIN_SKIP =
      HelperLayout.CHAIN_REGION + CaseWorld.CHAIN_SKIP - CaseWorld.CHAIN;

  private final Amd64Code a = new Amd64Code();

  /** Its bytes, to be placed {@link ElfProgram#HEADERS} behind {@link HelperLayout#TEXT}. */
  byte[] code() {
    start();
    handler();
    load();
    idle();
    return a.link();
  }

  /** Address of the signal handler; call after {@link #code}. */
  long handlerAddress() {
    return HelperLayout.TEXT + ElfProgram.HEADERS + a.offset("handler");
  }

  private void call(int number) {
    a.move(RAX, number);
    a.systemCall();
  }

  /** Maps the file named by the first argument, installs the handler and the filter, and traps. */
  private void start() {
    a.moveLong(R15, HelperLayout.WINDOW);
    a.load64(RDI, RSP, 16);
    a.move(RSI, O_RDWR);
    a.move(RDX, 0);
    call(SYS_OPEN);
    a.test(RAX);
    a.jumpIf(S, "die");
    a.copy(R8, RAX);
    map(HelperLayout.WINDOW, HelperLayout.SIZE, READ_WRITE, 0);
    map(CaseWorld.CHAIN, CaseWorld.CHAIN_SIZE, READ_WRITE_EXECUTE, HelperLayout.CHAIN_REGION);
    map(CaseWorld.CODE, CaseWorld.CODE_SIZE, READ_EXECUTE, HelperLayout.CODE);
    map(CaseWorld.DATA, CaseWorld.DATA_MAPPED, READ_WRITE, HelperLayout.DATA);
    a.copy(RDI, R8);
    call(SYS_CLOSE);
    a.loadAddress(RDI, R15, HelperLayout.SIGNAL_STACK);
    a.move(RSI, 0);
    call(SYS_SIGALTSTACK);
    a.test(RAX);
    a.jumpIf(S, "die");
    for (int signal : SIGNALS) {
      a.move(RDI, signal);
      a.loadAddress(RSI, R15, HelperLayout.ACTION);
      a.move(RDX, 0);
      a.move(R10, 8);
      call(SYS_RT_SIGACTION);
      a.test(RAX);
      a.jumpIf(S, "die");
    }
    a.move(RDI, PR_SET_NO_NEW_PRIVS);
    a.move(RSI, 1);
    a.move(RDX, 0);
    a.move(R10, 0);
    a.move(R8, 0);
    call(SYS_PRCTL);
    a.move(RDI, PR_SET_SECCOMP);
    a.move(RSI, MODE_FILTER);
    a.loadAddress(RDX, R15, HelperLayout.FILTER);
    call(SYS_PRCTL);
    a.test(RAX);
    a.jumpIf(S, "die");
    a.bytes(0x0f, 0x0b); // ud2: into the handler, for good
    a.label("die");
    a.move(RDI, 111);
    call(SYS_EXIT_GROUP);
  }

  private void map(long address, int size, int protection, int offset) {
    a.moveLong(RDI, address);
    a.copy(R12, RDI);
    a.move(RSI, size);
    a.move(RDX, protection);
    a.move(R10, SHARED_FIXED_POPULATE);
    a.move(R9, offset);
    call(SYS_MMAP);
    a.compare(RAX, R12);
    a.jumpIf(NE, "die");
  }

  /** Stores the interrupted state as the result of the record it came from. */
  private void handler() {
    a.label("handler"); // edi: signal, rdx: ucontext
    a.moveLong(R15, HelperLayout.WINDOW);
    a.load64(RBP, R15, HelperLayout.CURRENT);
    a.test(RBP);
    a.jumpIf(E, "wait");
    a.loadAddress(RBX, RDX, CONTEXT);
    a.compare32(R15, HelperLayout.COMMAND, HelperLayout.CHAIN);
    a.jumpIf(NE, "store");
    a.compare32(RBX, TRAPNO, BREAKPOINT);
    a.jumpIf(E, "done");
    a.load32(RBP, R15, CHAIN_CURRENT);
    a.moveLong(
        RAX, HelperLayout.WINDOW + HelperLayout.CHAIN_REGION - (CaseWorld.CHAIN & 0xffff_ffffL));
    a.add(RBP, RAX);
    a.label("store");
    a.load64(R9, R15, HelperLayout.RESULT);
    a.add(R9, RBP);
    for (int[] segment : SEGMENTS) {
      a.bytes(0x8c, 0xc0 | segment[1] << 3); // mov eax, segment
      a.store16(R9, segment[0], RAX);
    }
    for (int[] register : REGISTERS) {
      a.load32(RAX, RBX, register[0]);
      a.store32(R9, register[1], RAX);
    }
    a.load16(RAX, RBX, CS);
    a.store16(R9, CaseRecord.CS, RAX);
    a.load16(RAX, RBX, SS);
    a.store16(R9, CaseRecord.SS, RAX);
    a.load32(RAX, RBX, TRAPNO);
    a.compare(RDI, (byte) SIGSYS);
    a.jumpIf(NE, "vector");
    a.move(RAX, CaseRecord.SYSTEM_CALL);
    a.label("vector");
    a.store16(R9, CaseRecord.VECTOR, RAX);
    a.load32(RAX, RBX, ERR);
    a.store16(R9, CaseRecord.ERROR_CODE, RAX);
    a.load32(RAX, RBX, CR2);
    a.store32(R9, CaseRecord.ADDRESS, RAX);
    a.compare32(R15, HelperLayout.FX, 0);
    a.jumpIf(E, "stored");
    a.load64(RSI, RBX, FPSTATE);
    a.loadAddress(RDI, R9, CaseRecord.FX);
    a.copyQuadwords(CaseRecord.FX_USED / 8);
    a.label("stored");
    a.compare32(R15, HelperLayout.COMMAND, HelperLayout.CHAIN);
    a.jumpIf(NE, "next");
    a.load32(RAX, R15, CHAIN_SKIP);
    a.store64(RBX, RIP, RAX);
    a.move(RAX, IF);
    a.store64(RBX, EFL, RAX);
    a.jump("return");
  }

  /** Puts a record's state into the signal frame, and returns from the signal. */
  private void load() {
    a.label("next");
    a.load32(RAX, R15, HelperLayout.STRIDE);
    a.add(RBP, RAX);
    a.decrement32(R15, HelperLayout.COUNT);
    a.jumpIf(E, "done");
    a.label("load");
    a.store64(R15, HelperLayout.CURRENT, RBP);
    a.loadAddress(RBX, RSP, 8 + CONTEXT); // the handler's return address is on top
    for (int[] register : REGISTERS) {
      a.load32(RAX, RBP, register[1]);
      a.store64(RBX, register[0], RAX);
    }
    a.load16(RAX, RBP, CaseRecord.CS);
    a.store16(RBX, CS, RAX);
    a.load16(RAX, RBP, CaseRecord.SS);
    a.store16(RBX, SS, RAX);
    a.compare32(R15, HelperLayout.FX, 0);
    a.jumpIf(E, "flags");
    a.loadAddress(RSI, RBP, CaseRecord.FX);
    a.load64(RDI, RBX, FPSTATE);
    a.copyQuadwords(CaseRecord.FX_USED / 8);
    a.label("flags");
    a.load32(RAX, RBP, CaseRecord.EFLAGS);
    a.bytes(0x25, NT_ID, NT_ID >> 8, NT_ID >> 16, NT_ID >> 24); // and eax, NT_ID
    a.bytes(0x0d, IF, IF >> 8, IF >> 16, IF >> 24); // or eax, IF
    a.bytes(0x50, 0x9d); // push rax; popfq
    for (int[] segment : SEGMENTS) {
      a.load16(RAX, RBP, segment[0]);
      a.bytes(0x8e, 0xc0 | segment[1] << 3); // mov segment, eax
    }
    a.label("return");
    a.loadAddress(RSP, RSP, 8);
    call(SYS_RT_SIGRETURN);
    a.bytes(0x0f, 0x0b);
  }

  /** Waits for the doorbell and does what the command says. */
  private void idle() {
    a.label("done");
    a.move(RAX, 0);
    a.store64(R15, HelperLayout.CURRENT, RAX);
    timer(HelperLayout.NO_LIMIT);
    a.label("answer");
    doorbell(SYS_WRITE, 1);
    a.label("wait");
    doorbell(SYS_READ, 0);
    a.compare(RAX, (byte) 1);
    a.jumpIf(NE, "die");
    a.compare32(R15, HelperLayout.COMMAND, HelperLayout.CALL);
    a.jumpIf(E, "call");
    timer(HelperLayout.TIME_LIMIT);
    a.load64(RBP, R15, HelperLayout.FIRST);
    a.jump("load");
    a.label("call");
    int[] arguments = {RAX, RDI, RSI, RDX, R10, R8, R9};
    for (int i = 0; i < arguments.length; i++) {
      a.load64(arguments[i], R15, HelperLayout.SYSTEM_CALL + 8 * i);
    }
    a.systemCall();
    a.store64(R15, HelperLayout.SYSTEM_CALL + 8 * arguments.length, RAX);
    a.jump("answer");
  }

  private void doorbell(int call, int descriptor) {
    a.move(RDI, descriptor);
    a.loadAddress(RSI, R15, HelperLayout.DOORBELL);
    a.move(RDX, 1);
    call(call);
  }

  /** Of the processor time: a loaded machine does not make a helper look stuck. */
  private void timer(int value) {
    a.move(RDI, ITIMER_PROF);
    a.loadAddress(RSI, R15, value);
    a.move(RDX, 0);
    call(SYS_SETITIMER);
  }
}
