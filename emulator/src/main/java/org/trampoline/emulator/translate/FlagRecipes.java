package org.trampoline.emulator.translate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@link FlagRecipe}s in use. Each has a <em>token</em>, which stands where the flags would be:
 * {@link #MARK} is a bit that LAHF clears.
 */
final class FlagRecipes {
  /** Set in a token; in flags as LAHF gives them it is always clear. */
  static final int MARK = 0x800;

  private static final int SHIFT = 16;
  private static final int LIMIT = 1 << 16;

  private final Map<FlagRecipe, Integer> tokens = new HashMap<>();
  private final List<FlagRecipe> recipes = new ArrayList<>();

  /** The token of a recipe; 0 if there are too many. */
  int token(FlagRecipe recipe) {
    Integer known = tokens.get(recipe);
    if (known != null) {
      return known;
    }
    if (recipes.size() == LIMIT) {
      return 0;
    }
    int token = recipes.size() << SHIFT | MARK;
    recipes.add(recipe);
    tokens.put(recipe, token);
    return token;
  }

  FlagRecipe recipe(int token) {
    return recipes.get(token >>> SHIFT);
  }

  /** Forgets all; no token may be in use. */
  void clear() {
    tokens.clear();
    recipes.clear();
  }
}
