package org.trampoline.kernel;

import org.trampoline.kernel.arch.PtRegsLayout;

/** The kernels that the model can be. Names, values and orders are those of this version. */
public enum KernelVersion {
  /** The kernel of <i>Understanding the Linux Kernel</i>, 3rd edition. */
  V2_6_11("2.6.11", false, 0),

  /** Keeps {@code current} in a per-processor data area behind gs, so gs is in pt_regs too. */
  V2_6_20("2.6.20", true, 8);

  private final String release;
  private final boolean gsInPtRegs;
  private final int stackReserve;

  KernelVersion(String release, boolean gsInPtRegs, int stackReserve) {
    this.release = release;
    this.gsInPtRegs = gsInPtRegs;
    this.stackReserve = stackReserve;
  }

  /** As {@code uname -r} has it. */
  public String release() {
    return release;
  }

  /** {@code LINUX_VERSION_CODE}: a byte for each number of the release. */
  public int code() {
    int code = 0;
    for (String number : release.split("\\.", -1)) {
      code = code << 8 | Integer.parseInt(number);
    }
    return code;
  }

  /** Whether the kernel uses gs, and pt_regs has a place for the user's. */
  public boolean gsInPtRegs() {
    return gsInPtRegs;
  }

  /** Bytes that copy_thread leaves free at the top of the stack. */
  public int stackReserve() {
    return stackReserve;
  }

  /** How struct pt_regs lies in memory. */
  public PtRegsLayout ptRegs() {
    return gsInPtRegs ? PtRegsLayout.WITH_GS : PtRegsLayout.WITHOUT_GS;
  }

  /** The version with this release name, or null. */
  public static KernelVersion of(String release) {
    for (KernelVersion version : values()) {
      if (version.release.equals(release)) {
        return version;
      }
    }
    return null;
  }
}
