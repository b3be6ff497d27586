package org.trampoline.asm.program;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sections and symbols of a program that is being read. */
public final class Program {
  private final Map<String, Section> sections = new LinkedHashMap<>();
  private final Symbols symbols;
  private Section current;

  /** An empty program that adds to {@code symbols}; code goes to {@code .text} at first. */
  public Program(Symbols symbols) {
    this.symbols = symbols;
    enter(".text", true);
  }

  /**
   * Makes a section the current one, and creates it if it is new.
   *
   * @param code whether a new one holds code
   */
  public void enter(String name, boolean code) {
    enter(sections.computeIfAbsent(name, newName -> new Section(newName, code)));
  }

  /** Goes back to a section of this program. */
  public void enter(Section section) {
    current = section;
    symbols.enter(section);
  }

  /** The section that is being filled. */
  public Section current() {
    return current;
  }

  /** Adds to the current section. */
  public void add(Fragment fragment) {
    current.add(fragment);
  }

  /** The symbols. */
  public Symbols symbols() {
    return symbols;
  }

  /** In the order in which they lie: as they first appeared, but {@code .bss} last. */
  List<Section> sections() {
    List<Section> order = new ArrayList<>(sections.values());
    Section bss = sections.get(".bss");
    if (order.remove(bss)) {
      order.add(bss);
    }
    return order;
  }
}
