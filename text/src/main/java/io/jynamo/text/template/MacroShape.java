package io.jynamo.text.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A macro as the source defines it.
 *
 * @param slots where its parameters go in its frame
 * @param defaults one for each parameter, null where there is none
 * @param callerSlot where {@code caller} goes, or -1 if the body does not name it; so with varargs and kwargs
 * @param levels how deep it nests in the source
 */
record MacroShape(
        String name,
        List<String> parameters,
        List<Integer> slots,
        List<@Nullable Expression> defaults,
        int callerSlot,
        int varargsSlot,
        int kwargsSlot,
        Statement.Block body,
        Scope.Shape frame,
        int levels) {}
