package org.trampoline.kernel.fork;

import org.trampoline.kernel.BootLoader;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.MmState;

/** Process ids (Linux: kernel/pid.c): a bit for each, set while it is in use. */
public final class Pids {
  /** After the last id the search goes on here: the ids below are for daemons. */
  private static final int RESERVED_PIDS = 300;

  private final KernelMemory memory;
  private final MmState state;
  private final int map;

  /** The ids of a kernel. */
  public Pids(Kernel kernel) {
    memory = kernel.memory();
    state = kernel.mmState();
    map = kernel.symbol("pidmap");
  }

  /** {@code alloc_pidmap}: the next free id, -1 if all are in use. */
  int allocate() {
    int pid = state.get(MmState.LAST_PID) & BootLoader.PID_MAX - 1;
    for (int tried = 0; tried < BootLoader.PID_MAX; tried++) {
      pid = pid + 1 == BootLoader.PID_MAX ? RESERVED_PIDS : pid + 1;
      int word = map + 4 * (pid >> 5);
      int bits = memory.read(word);
      if ((bits >>> pid & 1) == 0) {
        memory.write(word, bits | 1 << pid);
        state.set(MmState.LAST_PID, pid);
        return pid;
      }
    }
    return -1;
  }

  /** {@code free_pidmap}. */
  public void free(int pid) {
    int word = map + 4 * ((pid & BootLoader.PID_MAX - 1) >> 5);
    memory.write(word, memory.read(word) & ~(1 << pid));
  }
}
