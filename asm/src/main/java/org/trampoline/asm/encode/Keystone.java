package org.trampoline.asm.encode;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import org.trampoline.asm.KeystoneUnavailableException;

/**
 * The Keystone engine, bound with java.lang.foreign.
 *
 * <p>The published Java binding (com.github.zhkl0228:keystone 0.9.7) is not dependable for this
 * purpose: it hands {@code ks_asm} four-byte buffers for its two {@code size_t} results, so every
 * call writes beyond them; it sign-extends addresses, so kernel addresses fail ({@code call
 * 0xc0002000} at 0xc0001000 is an "invalid fixup"); and it takes the library from nowhere but the
 * class path.
 *
 * <p>One engine per code width is opened once and lives as long as the process. Calls are
 * serialised: the engine makes no promise about threads.
 */
@SuppressWarnings("restricted") // A native engine cannot be called without.
final class Keystone {
  private static final int ARCH_X86 = 4;
  private static final int MODE_16 = 1 << 1;
  private static final int MODE_32 = 1 << 2;
  private static final int OPTION_SYNTAX = 1;
  private static final int SYNTAX_ATT = 2;

  private static Keystone code16;
  private static Keystone code32;

  private final Functions functions;
  private final long engine;

  private Keystone(Functions functions, long engine) {
    this.functions = functions;
    this.engine = engine;
  }

  /**
   * What the engine made of a text.
   *
   * @param error 0, or the engine's error number
   * @param statements how many statements it counted
   * @param bytes the encoding
   */
  @SuppressWarnings("ArrayRecordComponent") // A fresh array, handed to one reader.
  record Result(int error, long statements, byte[] bytes) {}

  /**
   * The engine for a code width.
   *
   * @param bits 16 or 32
   * @throws KeystoneUnavailableException if there is no usable library
   */
  static synchronized Keystone forBits(int bits) {
    if (code32 == null) {
      Functions functions = Functions.load();
      code16 = open(functions, MODE_16);
      code32 = open(functions, MODE_32);
    }
    return bits == 16 ? code16 : code32;
  }

  private static Keystone open(Functions functions, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment handle = arena.allocate(JAVA_LONG);
      int error = functions.call(functions.open, ARCH_X86, mode, handle.address());
      if (error != 0) {
        throw new KeystoneUnavailableException(
            "Keystone: %s knows no x86 (error %d); expected the library of Keystone 0.9.2's wheel"
                .formatted(functions.library, error));
      }
      long engine = handle.get(JAVA_LONG, 0);
      error = functions.call(functions.option, engine, OPTION_SYNTAX, SYNTAX_ATT);
      if (error != 0) {
        throw new KeystoneUnavailableException(
            "Keystone: %s knows no AT&T syntax (error %d)".formatted(functions.library, error));
      }
      return new Keystone(functions, engine);
    }
  }

  /**
   * Hands a text to the engine. Only {@link EncodingBatch} does, which sees to it that the text
   * holds nothing but instructions in a shape that the engine is known to survive.
   */
  Result assemble(String text) {
    synchronized (Keystone.class) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment source = arena.allocateFrom(text);
        MemorySegment out = arena.allocate(JAVA_LONG, 3);
        long results = out.address();
        int failed =
            functions.call(
                functions.asm, engine, source.address(), 0, results, results + 8, results + 16);
        if (failed != 0) {
          return new Result(functions.call(functions.errno, engine), 0, new byte[0]);
        }
        MemorySegment encoding = MemorySegment.ofAddress(out.get(JAVA_LONG, 0));
        byte[] copy = encoding.reinterpret(out.get(JAVA_LONG, 8)).toArray(JAVA_BYTE);
        functions.call(functions.free, encoding.address());
        return new Result(0, out.get(JAVA_LONG, 16), copy);
      }
    }
  }

  /**
   * The library's functions. All are called through one descriptor of six 64-bit integers, which is
   * what their arguments are to the calling conventions of 64-bit hosts (surplus ones are ignored):
   * each further descriptor would cost the start of the program ten milliseconds.
   */
  private static final class Functions {
    final String library;
    final MemorySegment open;
    final MemorySegment option;
    final MemorySegment asm;
    final MemorySegment errno;
    final MemorySegment free;
    private final MethodHandle call;

    private Functions(String library, SymbolLookup symbols) {
      this.library = library;
      open = symbols.findOrThrow("ks_open");
      option = symbols.findOrThrow("ks_option");
      asm = symbols.findOrThrow("ks_asm");
      errno = symbols.findOrThrow("ks_errno");
      free = symbols.findOrThrow("ks_free");
      call =
          Linker.nativeLinker()
              .downcallHandle(
                  FunctionDescriptor.of(
                      JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /** Loads the first library of those found that can be loaded. */
    static Functions load() {
      List<String> libraries = KeystoneLibrary.find();
      for (String library : libraries) {
        try {
          return new Functions(library, lookup(library));
        } catch (IllegalArgumentException | NoSuchElementException unusable) {
          // The next one is tried; the message below names all.
        } catch (IllegalCallerException denied) {
          throw new KeystoneUnavailableException(
              "Keystone: native access denied: --enable-native-access=ALL-UNNAMED allows it");
        }
      }
      throw new KeystoneUnavailableException(
          "Keystone: cannot load %s; build the project, or name the library in the system property %s or the environment variable %s"
              .formatted(
                  String.join(" or ", libraries),
                  KeystoneLibrary.PROPERTY,
                  KeystoneLibrary.VARIABLE));
    }

    private static SymbolLookup lookup(String library) {
      Path path = Path.of(library);
      return path.isAbsolute()
          ? SymbolLookup.libraryLookup(path, Arena.global())
          : SymbolLookup.libraryLookup(library, Arena.global());
    }

    int call(MemorySegment function, long a) {
      return call(function, a, 0, 0, 0, 0, 0);
    }

    int call(MemorySegment function, long a, long b, long c) {
      return call(function, a, b, c, 0, 0, 0);
    }

    int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
      try {
        return (int) call.invokeExact(function, a, b, c, d, e, f);
      } catch (RuntimeException | Error unexpected) {
        throw unexpected;
      } catch (Throwable impossible) {
        throw new AssertionError(impossible);
      }
    }
  }
}
