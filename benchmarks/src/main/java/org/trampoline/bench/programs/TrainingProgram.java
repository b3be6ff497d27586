package org.trampoline.bench.programs;

import java.util.List;

/**
 * What the launcher's cache is trained with: a little of everything that a user's program does. No
 * comparison measures it.
 */
public final class TrainingProgram implements Program {
  @Override
  public String title() {
    return "training";
  }

  @Override
  public byte[] code() {
    return Frame.assemble(List.of(Frame.scratch(), Frame.source("training.S")), Frame.PROGRAM)
        .bytes();
  }

  @Override
  public Needs system() {
    return Needs.NONE;
  }
}
