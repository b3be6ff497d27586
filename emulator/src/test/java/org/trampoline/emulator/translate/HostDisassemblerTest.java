package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** x86-64 instructions as GNU as assembles them and objdump prints them. */
class HostDisassemblerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          4f8b9cde00008000     | mov 0x800000(%r14,%r11,8),%r11
          458d51fc             | lea -0x4(%r9),%r10d
          4f39941d00100000     | cmp %r10,0x1000(%r13,%r11,1)
          43ffa41d10100000     | jmp *0x1010(%r13,%r11,1)
          49baf0debc9a78563412 | movabs $0x123456789abcdef0,%r10
          4d63ff               | movslq %r15d,%r15
          4899                 | cqto
          53                   | push %rbx
          415c                 | pop %r12
          450fb7d2             | movzwl %r10w,%r10d
          480fbec0             | movsbq %al,%rax
          f60603               | testb $0x3,(%rsi)
          4983042410           | addq $0x10,(%r12)
          88e3                 | mov %ah,%bl
          4788041a             | mov %r8b,(%r10,%r11,1)
          f2430f581c1a         | addsd (%r10,%r11,1),%xmm3
          4c3b1d08000000       | cmp 0x10f(%rip),%r11
          8b042534120000       | mov 0x1234(),%eax
          49c1e220             | shl $0x20,%r10
          410fbae01e           | bt $0x1e,%r8d
          4d0faffa             | imul %r10,%r15
          41f7f7               | div %r15d
          41f6c203             | test $0x3,%r10b
          0f8510000000         | jne 0x116
          """)
  void printsAsObjdumpDoes(String hex, String text) {
    byte[] code = HexFormat.of().parseHex(hex);
    HostDisassembler host = new HostDisassembler(place -> "0x" + Integer.toHexString(place));
    assertEquals(text, host.print(Arrays.copyOf(code, code.length + 15), 0, 0x100));
    assertEquals(code.length, host.length());
  }
}
