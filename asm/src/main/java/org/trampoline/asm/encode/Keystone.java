package org.trampoline.asm.encode;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
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
  private static final int OPTION_SYNTAX = 1;
  private static final long SYNTAX_ATT = 2;
  private static final long SIZE_MAX_BYTES = 1L << 31;

  private static MethodHandle ksAsm;
  private static MethodHandle ksErrno;
  private static MethodHandle ksFree;
  private static Keystone code16;
  private static Keystone code32;

  private final MemorySegment engine;

  private Keystone(MemorySegment engine) {
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
    if (ksAsm == null) {
      code16 = code32 = null;
      load(KeystoneLibrary.find());
    }
    return bits == 16 ? code16 : code32;
  }

  private static void load(String library) {
    try {
      Linker linker = Linker.nativeLinker();
      SymbolLookup symbols =
          library.indexOf('/') >= 0 || library.indexOf('\\') >= 0
              ? SymbolLookup.libraryLookup(java.nio.file.Path.of(library), Arena.global())
              : SymbolLookup.libraryLookup(library, Arena.global());
      MethodHandle open =
          linker.downcallHandle(
              symbols.findOrThrow("ks_open"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
      MethodHandle option =
          linker.downcallHandle(
              symbols.findOrThrow("ks_option"),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG));
      code16 = open(open, option, 1 << 1, library);
      code32 = open(open, option, 1 << 2, library);
      ksErrno =
          linker.downcallHandle(
              symbols.findOrThrow("ks_errno"), FunctionDescriptor.of(JAVA_INT, ADDRESS));
      ksFree =
          linker.downcallHandle(symbols.findOrThrow("ks_free"), FunctionDescriptor.ofVoid(ADDRESS));
      ksAsm =
          linker.downcallHandle(
              symbols.findOrThrow("ks_asm"),
              FunctionDescriptor.of(
                  JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS));
    } catch (IllegalArgumentException | java.util.NoSuchElementException absent) {
      throw new KeystoneUnavailableException(
          "Keystone: cannot load %s; build the project, or name the library in the system property"
                  .formatted(library)
              + " %s or the environment variable %s"
                  .formatted(KeystoneLibrary.PROPERTY, KeystoneLibrary.VARIABLE));
    }
  }

  private static Keystone open(MethodHandle open, MethodHandle option, int mode, String library) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment handle = arena.allocate(ADDRESS);
      int error = (int) open.invokeExact(ARCH_X86, mode, handle);
      if (error != 0) {
        throw new KeystoneUnavailableException(
            "Keystone: %s knows no x86 (error %d); expected the library of Keystone 0.9.2's wheel"
                .formatted(library, error));
      }
      MemorySegment engine = handle.get(ADDRESS, 0);
      error = (int) option.invokeExact(engine, OPTION_SYNTAX, SYNTAX_ATT);
      if (error != 0) {
        throw new KeystoneUnavailableException(
            "Keystone: %s knows no AT&T syntax (error %d)".formatted(library, error));
      }
      return new Keystone(engine);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
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
        MemorySegment bytes = out.asSlice(0, 8);
        MemorySegment size = out.asSlice(8, 8);
        MemorySegment count = out.asSlice(16, 8);
        int failed = (int) ksAsm.invokeExact(engine, source, 0L, bytes, size, count);
        if (failed != 0) {
          return new Result((int) ksErrno.invokeExact(engine), 0, new byte[0]);
        }
        MemorySegment encoding = bytes.get(ADDRESS, 0);
        long length = Math.min(size.get(JAVA_LONG, 0), SIZE_MAX_BYTES);
        byte[] copy = encoding.reinterpret(length).toArray(JAVA_BYTE);
        ksFree.invokeExact(encoding);
        return new Result(0, count.get(JAVA_LONG, 0), copy);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable impossible) {
        throw new AssertionError(impossible);
      }
    }
  }
}
