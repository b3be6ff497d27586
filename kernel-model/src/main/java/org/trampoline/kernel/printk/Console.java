package org.trampoline.kernel.printk;

import java.nio.charset.StandardCharsets;
import org.trampoline.kernel.Call;
import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.mm.UserAccess;

/** What processes write to descriptors 1 and 2 (Linux: sys_write in fs/read_write.c). */
public final class Console {
  private static final int EBADF = 9;
  private static final int LIMIT = 4096;

  private final Kernel kernel;
  private final UserAccess user;

  /** The console of a kernel. */
  public Console(Kernel kernel, UserAccess user) {
    this.kernel = kernel;
    this.user = user;
  }

  /** Offers the function that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("sys_write", this::write);
  }

  /** At most 4096 bytes at a time; returns how many. */
  private void write(Call call) {
    int descriptor = call.argument(0);
    int count = Math.min(call.argument(2), LIMIT);
    if (descriptor != 1 && descriptor != 2) {
      call.returns(-EBADF);
    } else if (count < 0) {
      call.returns(-Errno.EINVAL);
    } else {
      byte[] bytes = user.getBytes(call.argument(1), count);
      call.returns(bytes == null ? -Errno.EFAULT : count);
      if (bytes != null) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        kernel.emit(new KernelEvent.Write(kernel.current(), text));
      }
    }
  }
}
