package org.trampoline.emulator.snapshot;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The fields of {@link StatePart}s and of the parts they hold, copied and set back by reflection,
 * so that no chip has to list its registers a second time.
 */
final class FieldState {
  private record Saved(Field field, Object owner, Object value) {}

  private final List<Saved> fields = new ArrayList<>();
  private final List<StatePart> parts = new ArrayList<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Copies the state of a part and of all parts that can be reached from it. */
  void save(StatePart part) {
    if (!seen.add(part)) {
      return;
    }
    parts.add(part);
    for (Class<?> type = part.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
          field.setAccessible(true);
          save(field, part);
        }
      }
    }
  }

  private void save(Field field, Object owner) {
    Object value = get(field, owner);
    if (value instanceof StatePart part) {
      save(part);
    } else if (value instanceof Object[] array) {
      saveParts(Arrays.asList(array));
    } else if (value instanceof List<?> list) {
      saveParts(list);
    } else if (value != null && value.getClass().isArray()) {
      fields.add(new Saved(field, owner, copy(value)));
    } else if (value instanceof ArrayDeque<?> queue) {
      fields.add(new Saved(field, owner, List.copyOf(queue)));
    } else if (!Modifier.isFinal(field.getModifiers()) && isValue(field.getType())) {
      fields.add(new Saved(field, owner, value));
    }
  }

  private void saveParts(List<?> elements) {
    for (Object element : elements) {
      if (element instanceof StatePart part) {
        save(part);
      }
    }
  }

  private static boolean isValue(Class<?> type) {
    return type.isPrimitive() || type.isEnum() || type == String.class;
  }

  private static Object copy(Object array) {
    int length = Array.getLength(array);
    Object copy = Array.newInstance(array.getClass().getComponentType(), length);
    System.arraycopy(array, 0, copy, 0, length);
    return copy;
  }

  /** Sets everything back into the same objects. */
  void restore() {
    for (Saved saved : fields) {
      restore(saved);
    }
    parts.forEach(StatePart::restored);
  }

  @SuppressWarnings("unchecked") // the queue held these elements
  private static void restore(Saved saved) {
    Object now = get(saved.field, saved.owner);
    if (now instanceof ArrayDeque<?> queue) {
      queue.clear();
      ((ArrayDeque<Object>) queue).addAll((List<Object>) saved.value);
    } else if (now != null && now.getClass().isArray()) {
      System.arraycopy(saved.value, 0, now, 0, Array.getLength(now));
    } else {
      set(saved);
    }
  }

  private static Object get(Field field, Object owner) {
    try {
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a field of a state part cannot be read", e);
    }
  }

  private static void set(Saved saved) {
    try {
      saved.field.set(saved.owner, saved.value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a field of a state part cannot be written", e);
    }
  }
}
