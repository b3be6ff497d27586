package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.memory.Host;

/**
 * The layout of a case (the state before the instruction) and of its result (the state after it):
 * the same 64 bytes, followed by an FXSAVE image where the form needs one. Little endian. ESP
 * through EFLAGS lie as {@code popad; popfd} and {@code pushfd; pushad} want them ({@link
 * ChainProgram}).
 *
 * <p>The methods take addresses of records in off-heap memory that outlives the call.
 */
public final class CaseRecord {
  public static final int ESP = 0;
  public static final int EDI = 4;
  public static final int ESI = 8;
  public static final int EBP = 12;

  /** In a result of no meaning. */
  static final int UNUSED = 16;

  public static final int EBX = 20;
  public static final int EDX = 24;
  public static final int ECX = 28;
  public static final int EAX = 32;
  public static final int EFLAGS = 36;
  public static final int EIP = 40;

  /** The selectors, 2 bytes each. */
  public static final int ES = 44;

  public static final int CS = 46;
  public static final int SS = 48;
  public static final int DS = 50;
  public static final int FS = 52;
  public static final int GS = 54;

  /** Vector of the exception the instruction raised, or {@link #NO_FAULT}; 2 bytes. */
  public static final int VECTOR = 56;

  /** Its error code, else 0; 2 bytes. */
  public static final int ERROR_CODE = 58;

  /** The faulting linear address of a #PF, else 0; 4 bytes. */
  public static final int ADDRESS = 60;

  /** FXSAVE image (SDM vol. 1, table 10-2), 512 bytes. */
  public static final int FX = 64;

  /** What of the image a 32-bit processor uses: up to the end of xmm7. */
  public static final int FX_USED = 288;

  /** Bytes of a record without and with an FXSAVE image. */
  static final int SIZE = 64;

  static final int SIZE_FX = 64 + 512;

  /** {@link #VECTOR} of an instruction that completed. */
  public static final int NO_FAULT = 0xffff;

  /** {@link #VECTOR} where a system call was attempted: nothing is known of the instruction. */
  public static final int SYSTEM_CALL = 0xfffe;

  /** {@link #VECTOR} where the oracle did not come to an end. */
  public static final int NO_RESULT = 0xfffd;

  /** {@link #VECTOR} where the oracle crashed or hung, and could be made anew. */
  public static final int BROKEN = 0xfffc;

  /**
   * {@link #VECTOR} where an exception could not be delivered and the processor has shut down: a
   * triple fault. Nothing else of the state counts.
   */
  static final int SHUTDOWN = 0xfffb;

  /** Offsets of the general registers in the SDM's order. */
  private static final byte[] GENERAL = {EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI};

  private CaseRecord() {}

  /** Offset of a general register, 0–7 in the SDM's order. */
  public static int general(int register) {
    return GENERAL[register];
  }

  /** Offset of a segment register's selector, 0–5 in the SDM's order. */
  public static int segment(int register) {
    return ES + 2 * register;
  }

  /** What every case starts with beside its general registers: eip, eflags, the usual segments. */
  static void start(long record, int eip, int eflags) {
    Host.put32(record + EFLAGS, eflags);
    Host.put32(record + EIP, eip);
    Host.put32(record + ES, CaseWorld.USER_DATA | CaseWorld.USER_CODE << 16);
    Host.put32(record + SS, CaseWorld.USER_DATA | CaseWorld.USER_DATA << 16);
    Host.put32(record + FS, CaseWorld.FS | CaseWorld.GS << 16);
    completed(record);
  }

  /** A general register of a record. */
  public static int register(long record, int register) {
    return Host.get32(record + GENERAL[register]);
  }

  static void register(long record, int register, int value) {
    Host.put32(record + GENERAL[register], value);
  }

  public static int vector(long result) {
    return Host.get16(result + VECTOR);
  }

  static void completed(long result) {
    Host.put64(result + VECTOR, NO_FAULT);
  }

  static void fault(long result, int vector, int errorCode, int address) {
    Host.put16(result + VECTOR, vector);
    Host.put16(result + ERROR_CODE, errorCode);
    Host.put32(result + ADDRESS, address);
  }
}
