package org.trampoline.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.trampoline.asm.AssembledCode;

/**
 * Names of addresses (Linux: kernel/kallsyms.c): those of the kernel and of the code that was
 * loaded besides it.
 */
public final class Kallsyms {
  private final List<Image> images = new ArrayList<>();
  private final List<String> modules = new ArrayList<>();
  private boolean tainted;

  /**
   * A place by name.
   *
   * @param name of the last symbol at or before the address
   * @param offset bytes from there
   * @param size bytes from that symbol to the next one
   * @param image the module it belongs to, empty for the kernel
   */
  public record Place(String name, int offset, int size, String image) {
    /** {@code do_exit+0x5/0xc}, and the module's name in brackets. */
    @Override
    public String toString() {
      String text = name + "+0x" + Integer.toHexString(offset) + "/0x" + Integer.toHexString(size);
      return image.isEmpty() ? text : text + " [" + image + "]";
    }
  }

  private record Image(
      String name, int from, int textEnd, int end, TreeMap<Integer, String> symbols) {
    boolean contains(int address, int limit) {
      return Integer.compareUnsigned(address, from) >= 0
          && Integer.compareUnsigned(address, limit) < 0;
    }
  }

  Kallsyms(AssembledCode kernel) {
    add("", kernel, kernel.symbol("_etext"));
  }

  /** Adds code; all of it counts as text. */
  public void add(String name, AssembledCode code) {
    add(name, code, code.end());
  }

  private void add(String name, AssembledCode code, int textEnd) {
    TreeMap<Integer, String> symbols = new TreeMap<>(Integer::compareUnsigned);
    for (Map.Entry<String, Integer> symbol : new TreeMap<>(code.symbols()).entrySet()) {
      boolean constant = code.constants().containsKey(symbol.getKey());
      if (!constant && !symbol.getKey().startsWith("_")) {
        boolean global = code.globals().contains(symbol.getKey());
        symbols.merge(symbol.getValue(), symbol.getKey(), (old, name2) -> global ? name2 : old);
      }
    }
    if (!name.isEmpty()) {
      symbols.putIfAbsent(code.origin(), name);
    }
    images.add(new Image(name, code.origin(), textEnd, code.end(), symbols));
  }

  /** Forgets the code of this name. */
  public void remove(String name) {
    images.removeIf(image -> image.name.equals(name));
  }

  /** The names of the modules, the last one first, as {@code lsmod} has them. */
  public List<String> modules() {
    return modules;
  }

  /** A module without a licence that is the kernel's was loaded: oopses say so from now on. */
  public void taint() {
    tainted = true;
  }

  /** Whether {@link #taint} was called. */
  public boolean tainted() {
    return tainted;
  }

  /** {@code __kernel_text_address}: whether it may be a return address. */
  public boolean isText(int address) {
    for (Image image : images) {
      if (image.contains(address, image.textEnd)) {
        return true;
      }
    }
    return false;
  }

  /** What is at an address, or null. */
  public Place lookup(int address) {
    for (Image image : images) {
      Map.Entry<Integer, String> symbol =
          image.contains(address, image.end) ? image.symbols.floorEntry(address) : null;
      if (symbol != null) {
        Integer next = image.symbols.higherKey(address);
        int size = (next == null ? image.end : next) - symbol.getKey();
        return new Place(symbol.getValue(), address - symbol.getKey(), size, image.name);
      }
    }
    return null;
  }

  /** The same as text; the number if it has no name. */
  public String name(int address) {
    Place place = lookup(address);
    return place == null ? "0x" + Integer.toHexString(address) : place.toString();
  }
}
