package org.trampoline.kernel;

/** A function that is C in Linux, to be called by the guest. */
@FunctionalInterface
public interface HostFunction {
  /** Takes its arguments from {@code call} and leaves its result there. */
  void run(Call call);
}
