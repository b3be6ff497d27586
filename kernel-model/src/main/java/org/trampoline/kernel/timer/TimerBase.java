package org.trampoline.kernel.timer;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.ListHead;
import org.trampoline.kernel.layout.Struct;

/**
 * {@code tvec_base_t} (kernel/timer.c): the timer wheel. The next 256 jiffies have a list each;
 * what is later lies in four coarser wheels and comes down when its turn approaches.
 */
public final class TimerBase extends Struct<TimerBase> {
  private static final int TVR_BITS = 8;
  private static final int TVN_BITS = 6;
  private static final int TVR_SIZE = 1 << TVR_BITS;
  private static final int TVN_SIZE = 1 << TVN_BITS;
  private static final int WHEELS = 5;

  /** For the assembler. */
  public static final Layout<TimerBase> LAYOUT = new Layout<>("TVEC");

  public static final Field<TimerBase> TIMER_JIFFIES =
      LAYOUT.word("timer_jiffies"); // the next jiffy to look at
  public static final Field<TimerBase> RUNNING_TIMER =
      LAYOUT.word("running_timer"); // whose function runs
  public static final Field<TimerBase> TV1 = LAYOUT.bytes("tv1", ListHead.SIZE * TVR_SIZE);
  public static final Field<TimerBase> TVN =
      LAYOUT.bytes("tvn", ListHead.SIZE * TVN_SIZE * (WHEELS - 1));
  public static final Field<TimerBase> EXPIRED =
      LAYOUT.list("expired"); // those whose functions are to be called now

  /** Looks at one. */
  public TimerBase(KernelMemory memory, int address) {
    super(memory, address);
  }

  /** {@code init_timers_cpu}. */
  void init(int jiffies) {
    set(TIMER_JIFFIES, jiffies);
    set(RUNNING_TIMER, 0);
    for (int i = 0; i < TVR_SIZE + TVN_SIZE * (WHEELS - 1); i++) {
      ListHead.at(memory, address(TV1) + ListHead.SIZE * i).init();
    }
    list(EXPIRED).init();
  }

  private ListHead slot(int wheel, int index) {
    int at = wheel == 0 ? index : TVR_SIZE + TVN_SIZE * (wheel - 1) + index;
    return ListHead.at(memory, address(TV1) + ListHead.SIZE * at);
  }

  private static int shift(int wheel) {
    return wheel == 0 ? 0 : TVR_BITS + TVN_BITS * (wheel - 1);
  }

  /** {@code internal_add_timer}: one that is late already comes with the next tick. */
  void add(TimerList timer) {
    int expires = timer.get(TimerList.EXPIRES);
    int now = get(TIMER_JIFFIES);
    int ahead = expires - now;
    ListHead slot;
    if (ahead < 0) {
      slot = slot(0, now & TVR_SIZE - 1);
    } else {
      int wheel = 0;
      while (wheel < WHEELS - 1 && ahead >>> shift(wheel + 1) != 0) {
        wheel++;
      }
      int size = wheel == 0 ? TVR_SIZE : TVN_SIZE;
      slot = slot(wheel, expires >>> shift(wheel) & size - 1);
    }
    slot.addTail(timer.list(TimerList.ENTRY));
    timer.set(TimerList.BASE, address());
  }

  /** {@code __run_timers}: turns the wheel by one jiffy and collects what has expired. */
  void turn() {
    int now = get(TIMER_JIFFIES);
    int index = now & TVR_SIZE - 1;
    for (int wheel = 1; index == 0 && wheel < WHEELS; wheel++) {
      index = now >>> shift(wheel) & TVN_SIZE - 1;
      cascade(slot(wheel, index));
    }
    set(TIMER_JIFFIES, now + 1);
    ListHead due = slot(0, now & TVR_SIZE - 1);
    var walk = due.walk();
    for (int node; (node = walk.next()) != 0; ) {
      ListHead entry = ListHead.at(memory, node);
      entry.remove();
      list(EXPIRED).addTail(entry);
    }
  }

  private void cascade(ListHead slot) {
    var walk = slot.walk();
    for (int node; (node = walk.next()) != 0; ) {
      ListHead.at(memory, node).remove();
      add(new TimerList(memory, node - TimerList.ENTRY.offset()));
    }
  }
}
