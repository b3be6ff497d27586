package org.trampoline.kernel;

import java.util.HashMap;
import java.util.Map;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.HostCall;
import org.trampoline.kernel.layout.BadKernelAddress;
import org.trampoline.kernel.layout.UserPageNeeded;

/**
 * The C half of the kernel by symbol, and its link to the stubs that the guest calls (resource
 * {@code functions.S}).
 */
public final class HostFunctions {
  private final Map<String, HostFunction> functions = new HashMap<>();

  HostFunctions() {}

  /**
   * Adds a function.
   *
   * @param symbol as in functions.S
   * @throws IllegalStateException if there is one of that name
   */
  public void add(String symbol, HostFunction function) {
    if (functions.put(symbol, function) != null) {
      throw new IllegalStateException("two host functions are called " + symbol);
    }
  }

  /** Puts every function at the address of its stub. */
  void link(Kernel kernel) {
    Engine engine = kernel.engine();
    Call call = new Call(engine, kernel.memory());
    Map<String, Integer> stubs = kernel.image().hostStubs();
    for (Map.Entry<String, Integer> stub : stubs.entrySet()) {
      HostFunction function = functions.get(stub.getKey());
      if (function == null) {
        throw new IllegalStateException(
            "functions.S has " + stub.getKey() + ", which is not written in Java");
      }
      engine.hostCall(stub.getValue(), new Link(kernel, function, call));
    }
    for (String symbol : functions.keySet()) {
      if (!stubs.containsKey(symbol)) {
        throw new IllegalStateException(symbol + " is not in functions.S");
      }
    }
  }

  /** Runs a function; what the guest has spoilt is a fault of the guest, not of the host. */
  private record Link(Kernel kernel, HostFunction function, Call call) implements HostCall {
    @Override
    public void call(Engine engine, int address) {
      try {
        function.run(call);
      } catch (KernelPanic end) {
        kernel.stopWith(end.getMessage());
      } catch (BadKernelAddress bad) {
        kernel.badAccess(bad, address);
      } catch (UserPageNeeded needed) {
        kernel.pageIn(needed, address);
      }
    }
  }
}
