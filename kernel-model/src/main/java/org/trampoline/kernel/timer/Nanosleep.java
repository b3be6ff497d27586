package org.trampoline.kernel.timer;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.mm.UserAccess;

/** The C half of sys_nanosleep (Linux: kernel/posix-timers.c, include/linux/jiffies.h). */
public final class Nanosleep {
  private static final int NS_PER_TICK = 1_000_000_000 / Timers.HZ;
  private static final int NS_PER_SECOND = 1_000_000_000;

  private final UserAccess user;

  /** Sleeping of a kernel's processes. */
  public Nanosleep(UserAccess user) {
    this.user = user;
  }

  /** Offers the function that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("timespec_to_jiffies", this::jiffies);
  }

  /**
   * Ticks for the timespec at a user address, rounded up and one more as the first is not whole.
   */
  private void jiffies(Call call) {
    int[] time = user.getWords(call.eax(), 2);
    if (time == null) {
      call.returns(-Errno.EFAULT);
    } else if (time[0] < 0 || time[1] < 0 || time[1] >= NS_PER_SECOND) {
      call.returns(-Errno.EINVAL);
    } else {
      long ticks = (long) time[0] * Timers.HZ + (time[1] + NS_PER_TICK - 1) / NS_PER_TICK;
      call.returns((int) Math.min(ticks + (ticks > 0 ? 1 : 0), Integer.MAX_VALUE - 1));
    }
  }
}
