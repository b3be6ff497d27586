package org.trampoline.bench;

/** What a benchmark needs of an engine: to execute a guest program at full speed, unobserved. */
public interface Processor extends AutoCloseable {
  /** Copies bytes to a physical address. */
  void load(int physical, byte[] bytes);

  /**
   * Executes from {@code eip} until {@code hlt}, with these values in two registers.
   *
   * @throws IllegalStateException if it ends otherwise
   */
  void run(int eip, int edi, int ebx);

  /** EAX, which programs leave their result in. */
  int result();

  /**
   * Instructions completed since it was made.
   *
   * @throws UnsupportedOperationException if it does not count them
   */
  default long instructions() {
    throw new UnsupportedOperationException();
  }

  @Override
  void close();
}
