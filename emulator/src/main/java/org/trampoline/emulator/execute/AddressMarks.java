package org.trampoline.emulator.execute;

import java.util.HashMap;
import java.util.HashSet;
import org.trampoline.emulator.engine.HostCall;

/** Linear addresses where something happens before the instruction: host functions and stops. */
final class AddressMarks {
  private final HashMap<Integer, HostCall> functions = new HashMap<>();
  private final HashSet<Integer> stops = new HashSet<>();

  /** How many stops there are at each offset within a page. */
  private final int[] stopsAtOffset = new int[0x1000];

  boolean contains(int linear) {
    return hasFunction(linear) || !stops.isEmpty() && stops.contains(linear);
  }

  /**
   * Whether a block must begin there. Blocks serve all addresses at which their page is mapped, so
   * a stop at one is looked for at all that have its offset. Functions are not: code that calls
   * them is not mapped twice, and there are many.
   */
  boolean splits(int linear) {
    return hasFunction(linear) || stopsAtOffset[linear & 0xfff] > 0;
  }

  /** Asked for each instruction of each new block, where most often there are none at all. */
  private boolean hasFunction(int linear) {
    return !functions.isEmpty() && functions.containsKey(linear);
  }

  HostCall function(int linear) {
    return functions.get(linear);
  }

  boolean stopsAt(int linear) {
    return stops.contains(linear);
  }

  void function(int linear, HostCall function) {
    if (function == null) {
      functions.remove(linear);
    } else {
      functions.put(linear, function);
    }
  }

  void stop(int linear, boolean on) {
    if (on ? stops.add(linear) : stops.remove(linear)) {
      stopsAtOffset[linear & 0xfff] += on ? 1 : -1;
    }
  }
}
