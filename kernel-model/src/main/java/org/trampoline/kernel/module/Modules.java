package org.trampoline.kernel.module;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.Includes;
import org.trampoline.asm.Source;
import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.mm.Vmalloc;

/**
 * The linker in the kernel (Linux: kernel/module.c). A module is a source that was offered from
 * outside; insmod assembles it for the address it gets, against what the kernel and the modules
 * before it export.
 */
public final class Modules {
  private static final String THIS_MODULE = "__this_module";
  private static final String EXPORT = "__ksymtab_";

  /** Tells a module's licence from what has to taint the kernel. */
  private static final Pattern FREE =
      Pattern.compile("GPL( v2| and additional rights)?|Dual .*/GPL");

  private final Kernel kernel;
  private final Vmalloc vmalloc;
  private final Includes headers;
  private final List<Source> offered = new ArrayList<>();
  private final List<Module> loaded = new ArrayList<>();

  /**
   * A module in memory.
   *
   * @param uses the modules whose symbols it uses
   */
  private record Module(
      int number, String name, AssembledCode code, int address, List<Module> uses) {}

  /** The modules of a kernel. */
  public Modules(Kernel kernel, Vmalloc vmalloc, Includes headers) {
    this.kernel = kernel;
    this.vmalloc = vmalloc;
    this.headers = headers;
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("load_module", call -> call.returns(load(call.eax())));
    functions.add(
        "module_live",
        call -> module(call.eax()).set(ModuleStruct.STATE, ModuleStruct.MODULE_STATE_LIVE));
    functions.add("try_stop_module", call -> call.returns(tryStop(call.eax())));
    functions.add("free_module", call -> free(call.eax()));
    functions.add("try_module_get", call -> call.returns(tryGet(module(call.eax()))));
    functions.add(
        "module_put",
        call -> {
          if (call.eax() != 0) {
            module(call.eax()).add(ModuleStruct.REFCNT, -1);
          }
        });
  }

  /**
   * Keeps a source for insmod.
   *
   * @return its number for sys_init_module and sys_delete_module
   */
  public int offer(Source source) {
    offered.add(source);
    return offered.size() - 1;
  }

  /** A module's name: its file's, without path and suffix. */
  public static String name(Source source) {
    return source.name().replaceFirst("^.*/", "").replaceFirst("\\.[sS]$", "").replace('-', '_');
  }

  private ModuleStruct module(int address) {
    return new ModuleStruct(kernel.memory(), address);
  }

  // ---- insmod

  private int load(int number) {
    if (number < 0 || number >= offered.size()) {
      return -Errno.ENOENT;
    }
    Source source = offered.get(number);
    String name = name(source);
    if (loaded.stream().anyMatch(module -> module.name.equals(name))) {
      return -Errno.EEXIST;
    }
    List<Module> uses = new ArrayList<>();
    Map<String, Integer> symbols = symbols(source, uses);
    AssembledCode code;
    int address;
    try {
      // Its size does not depend on the address, but for the length of no instruction of note.
      int length = assemble(source, Vmalloc.start(kernel), symbols).length();
      address = vmalloc.allocate(length);
      if (address == 0) {
        return -Errno.ENOMEM;
      }
      code = assemble(source, address, symbols);
    } catch (AssemblyException e) {
      return refuse(name, e);
    }
    vmalloc.write(address, code.bytes());
    Module module = new Module(number, name, code, address, uses);
    loaded.add(module);
    uses.forEach(used -> struct(used).add(ModuleStruct.REFCNT, 1));
    kernel.kallsyms().add(name, code);
    kernel.kallsyms().modules().addFirst(name);
    license(module);
    return code.symbol(THIS_MODULE);
  }

  /**
   * Looks whether sources can be assembled. Symbols may be missing: another module may have them
   * when it is loaded.
   *
   * @throws AssemblyException if one cannot
   */
  public void check(List<Source> sources) {
    for (Source source : sources) {
      try {
        assemble(source, Vmalloc.start(kernel), symbols(source, new ArrayList<>()));
      } catch (AssemblyException e) {
        if (!isUnresolved(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean isUnresolved(AssemblyException e) {
    return e.problem().startsWith("undefined symbol");
  }

  private int refuse(String name, AssemblyException e) {
    if (!isUnresolved(e)) {
      kernel.printk().print(3, name + ": " + e.getMessage());
      return -Errno.ENOEXEC;
    }
    kernel.printk().print(4, name + ": Unknown symbol " + e.offendingText());
    return -Errno.ENOENT;
  }

  /** What the module may use: constants, the kernel's exports, and those of other modules. */
  private Map<String, Integer> symbols(Source source, List<Module> uses) {
    Map<String, Integer> symbols = new HashMap<>(kernel.image().kernel().constants());
    Map<String, Integer> all = kernel.image().exports();
    for (String name : exported()) {
      if (all.containsKey(name)) {
        symbols.put(name, all.get(name));
      }
    }
    for (Module module : loaded) {
      boolean used = false;
      for (Map.Entry<String, Integer> symbol : module.code.symbols().entrySet()) {
        if (symbol.getKey().startsWith(EXPORT)) {
          String name = symbol.getKey().substring(EXPORT.length());
          symbols.put(name, symbol.getValue());
          used |=
              Pattern.compile("(?<![\\w.])" + Pattern.quote(name) + "(?![\\w.$])")
                  .matcher(source.text().replaceAll("#.*", ""))
                  .find();
        }
      }
      if (used) {
        uses.add(module);
      }
    }
    return symbols;
  }

  private static List<String> exported() {
    try (InputStream in = Kernel.class.getResourceAsStream("kernel/ksyms.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .flatMap(line -> List.of(line.trim().split("\\s+")).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private AssembledCode assemble(Source source, int address, Map<String, Integer> symbols) {
    String own = source.text();
    String struct =
        ".data\n.balign 4\n.globl "
            + THIS_MODULE
            + "\n"
            + THIS_MODULE
            + ": .long "
            + ModuleStruct.MODULE_STATE_COMING
            + ", 0, "
            + function(own, "init_module")
            + ", "
            + function(own, "cleanup_module")
            + "\n";
    Map<String, Integer> known = new HashMap<>(symbols);
    return Assembler.assemble(
        List.of(source, new Source("<module>", struct)), address, known, headers);
  }

  private static String function(String text, String name) {
    boolean defined =
        Pattern.compile("^\\s*" + name + "\\s*:", Pattern.MULTILINE).matcher(text).find();
    return defined ? name : "0";
  }

  private void license(Module module) {
    Integer at = module.code.symbols().get("__mod_license");
    String license = at == null ? "unspecified" : kernel.memory().readString(at, 64);
    if (!FREE.matcher(license).matches()) {
      kernel.printk().print(4, module.name + ": module license '" + license + "' taints kernel.");
      kernel.kallsyms().taint();
    }
  }

  private ModuleStruct struct(Module module) {
    return module(module.code.symbol(THIS_MODULE));
  }

  // ---- rmmod

  private int tryStop(int number) {
    Optional<Module> found = loaded.stream().filter(m -> m.number == number).findFirst();
    if (found.isEmpty()) {
      return -Errno.ENOENT;
    }
    ModuleStruct struct = struct(found.get());
    if (struct.get(ModuleStruct.REFCNT) != 0) {
      return -Errno.EAGAIN; // EWOULDBLOCK: in use
    }
    boolean permanent = struct.get(ModuleStruct.INIT) != 0 && struct.get(ModuleStruct.EXIT) == 0;
    if (struct.get(ModuleStruct.STATE) != ModuleStruct.MODULE_STATE_LIVE || permanent) {
      return -Errno.EBUSY;
    }
    struct.set(ModuleStruct.STATE, ModuleStruct.MODULE_STATE_GOING);
    return struct.address();
  }

  private void free(int address) {
    Module module =
        loaded.stream().filter(m -> m.code.symbol(THIS_MODULE) == address).findFirst().orElse(null);
    if (module == null) {
      return;
    }
    loaded.remove(module);
    module.uses.stream()
        .filter(loaded::contains)
        .forEach(used -> struct(used).add(ModuleStruct.REFCNT, -1));
    kernel.kallsyms().remove(module.name);
    kernel.kallsyms().modules().remove(module.name);
    vmalloc.free(module.address);
  }

  /** {@code try_module_get}: NULL is the kernel itself, which stays. */
  private static int tryGet(ModuleStruct module) {
    if (module.address() == 0) {
      return 1;
    }
    if (module.get(ModuleStruct.STATE) == ModuleStruct.MODULE_STATE_GOING) {
      return 0;
    }
    module.add(ModuleStruct.REFCNT, 1);
    return 1;
  }
}
