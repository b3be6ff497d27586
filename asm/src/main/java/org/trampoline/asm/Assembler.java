package org.trampoline.asm;

import java.util.List;
import java.util.Map;
import org.trampoline.asm.directive.ProgramReader;
import org.trampoline.asm.program.Image;

/**
 * Assembles AT&amp;T source as GNU as knows it, for 16- and 32-bit x86 code.
 *
 * <pre>{@code
 * AssembledCode helper =
 *     Assembler.assemble(
 *         new Source("helper.S", "movl %edx,%eax; pushl %edx; call *%ebx; pushl %eax; call do_exit"),
 *         0xc0001000,
 *         Map.of("do_exit", 0xc0002000));
 * helper.bytes(); // 89 d0 52 ff d3 50 e8 f5 0f 00 00
 * }</pre>
 *
 * <p>Understood are labels, local labels ({@code 1:}, {@code 1b}, {@code 1f}), expressions, the
 * usual directives for data, space, alignment, symbols, sections and conditionals, {@code .code16}
 * and {@code .code32}, and a plain form of macros; docs/assembler.md lists them. Nothing is dropped
 * or truncated: what cannot be assembled is an {@link AssemblyException}. Safe for use by several
 * threads.
 */
public final class Assembler {
  private Assembler() {}

  /**
   * Assembles one source that includes no other.
   *
   * @param source the program; it begins as 32-bit code
   * @param origin address of the first byte; 32 bits, unsigned
   * @param externalSymbols symbols that the source uses and does not define, with their values as
   *     32-bit unsigned numbers
   * @throws AssemblyException for the first thing that is wrong
   * @throws KeystoneUnavailableException if the Keystone library is missing
   */
  public static AssembledCode assemble(
      Source source, int origin, Map<String, Integer> externalSymbols) {
    return assemble(List.of(source), origin, externalSymbols, Includes.NONE);
  }

  /**
   * Assembles several sources into one program, one after the other. They share all symbols, as if
   * they were one source: a name may be defined only once.
   *
   * @param sources the parts, in order; each goes on in the section and code width where the one
   *     before ended
   * @param origin address of the first byte; 32 bits, unsigned
   * @param externalSymbols symbols that the sources use and do not define, with their values as
   *     32-bit unsigned numbers
   * @param includes where {@code .include} looks
   * @throws AssemblyException for the first thing that is wrong
   * @throws KeystoneUnavailableException if the Keystone library is missing
   */
  public static AssembledCode assemble(
      List<Source> sources, int origin, Map<String, Integer> externalSymbols, Includes includes) {
    return Image.of(new ProgramReader(externalSymbols, includes).read(sources), origin);
  }
}
