package org.trampoline.asm.encode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Instructions that Keystone encodes in one call, which is thirty times as fast as one call for
 * each.
 *
 * <p>The engine gives the bytes of all of them in one piece and may drop any without a word. So a
 * mark stands behind every instruction: one that is longer than an instruction can be and that does
 * not overlap with itself, so no instruction can hold or imitate it. What lies between two marks is
 * what became of one instruction, and nothing between them means that it was dropped.
 */
final class EncodingBatch {
  private static final String MARK = "\n.quad 0xffffffffffffff00, 0xffffffffffffffff\n";
  private static final int MARK_LENGTH = 16;

  /** Longest text in one call, in instructions: bounds the engine's memory. */
  private static final int MAX_INSTRUCTIONS = 1000;

  /** An error number of ours: the engine reported success and gave no bytes. */
  static final int DROPPED = -1;

  private final int bits;
  private final Map<String, Integer> indices = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final List<byte[]> encodings = new ArrayList<>();

  /** An empty batch for 16- or 32-bit code. */
  EncodingBatch(int bits) {
    this.bits = bits;
  }

  /** Adds an instruction; the same text is encoded once. Gives its index. */
  int add(String text) {
    Integer known = indices.putIfAbsent(text, texts.size());
    if (known != null) {
      return known;
    }
    texts.add(text);
    return texts.size() - 1;
  }

  /** The encoding of an instruction, after {@link #encode}. */
  byte[] encoding(int index) {
    return encodings.get(index);
  }

  /** An instruction that the engine refuses, and with what error number. */
  record Refusal(int index, int error) {}

  /** Encodes everything added; gives the first instruction that is refused, or null. */
  Refusal encode() {
    while (encodings.size() < texts.size()) {
      int from = encodings.size();
      int to = Math.min(texts.size(), from + MAX_INSTRUCTIONS);
      int error = encode(from, to);
      if (error != 0) {
        return firstRefusal(from, to, error);
      }
    }
    return null;
  }

  /**
   * Halves the range until one instruction is left. The engine says neither which line is wrong nor
   * stops at the first.
   */
  private Refusal firstRefusal(int from, int to, int error) {
    if (to - from == 1) {
      return new Refusal(from, error);
    }
    int middle = (from + to) >>> 1;
    int firstHalf = encode(from, middle);
    if (firstHalf != 0) {
      return firstRefusal(from, middle, firstHalf);
    }
    int secondHalf = encode(middle, to);
    if (secondHalf == 0) {
      throw new IllegalStateException("Keystone refuses instructions only when they are together");
    }
    return firstRefusal(middle, to, secondHalf);
  }

  /** Encodes a range and appends the encodings, or appends nothing and gives the error. */
  private int encode(int from, int to) {
    StringBuilder source = new StringBuilder();
    for (String text : texts.subList(from, to)) {
      source.append(text).append(MARK);
    }
    Keystone.Result result = Keystone.forBits(bits).assemble(source.toString());
    if (result.error() != 0) {
      return result.error();
    }
    List<byte[]> parts = split(result.bytes());
    if (parts.size() != to - from || result.statements() != 2L * (to - from)) {
      return DROPPED;
    }
    for (byte[] part : parts) {
      if (part.length == 0) {
        return DROPPED;
      }
    }
    encodings.addAll(parts);
    return 0;
  }

  private static List<byte[]> split(byte[] bytes) {
    List<byte[]> parts = new ArrayList<>();
    int start = 0;
    for (int at = 0; at + MARK_LENGTH <= bytes.length; at++) {
      if (isMark(bytes, at)) {
        parts.add(Arrays.copyOfRange(bytes, start, at));
        start = at + MARK_LENGTH;
        at = start - 1;
      }
    }
    return parts;
  }

  /** A zero and fifteen bytes 0xff. */
  private static boolean isMark(byte[] bytes, int at) {
    if (bytes[at] != 0) {
      return false;
    }
    for (int i = 1; i < MARK_LENGTH; i++) {
      if (bytes[at + i] != -1) {
        return false;
      }
    }
    return true;
  }
}
