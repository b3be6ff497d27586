package org.trampoline.emulator.execute;

import java.util.HashMap;
import java.util.HashSet;
import org.trampoline.emulator.engine.HostCall;

/** Linear addresses where something happens before the instruction: host functions and stops. */
final class AddressMarks {
  private final HashMap<Integer, HostCall> functions = new HashMap<>();
  private final HashSet<Integer> stops = new HashSet<>();

  boolean contains(int linear) {
    return functions.containsKey(linear) || stops.contains(linear);
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
    if (on) {
      stops.add(linear);
    } else {
      stops.remove(linear);
    }
  }
}
