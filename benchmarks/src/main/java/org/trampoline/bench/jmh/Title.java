package org.trampoline.bench.jmh;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a benchmark measures, for people. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Title {
  /** Its place among those of its suite. */
  int row();

  /** A few words. */
  String value();
}
