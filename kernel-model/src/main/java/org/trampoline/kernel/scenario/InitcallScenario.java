package org.trampoline.kernel.scenario;

import java.util.Map;
import org.trampoline.asm.AssembledCode;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.Vmlinux;

/**
 * A scenario that is all guest code: process 1 calls a function of it during start-up.
 *
 * @param kernel the kernel it runs on
 */
public record InitcallScenario(Kernel kernel) implements Scenario {
  /** A loader of the function {@code entry} of a resource. */
  static Scenarios.Loader of(String resource, String entry) {
    return (engine, image) -> load(engine, image, resource, entry);
  }

  private static Scenario load(Engine engine, Vmlinux image, String resource, String entry) {
    Kernel kernel = new Kernel(engine, image);
    AssembledCode code = kernel.load(Resources.source(resource), Map.of());
    kernel.addInitcall(code.symbol(entry));
    return new InitcallScenario(kernel);
  }
}
