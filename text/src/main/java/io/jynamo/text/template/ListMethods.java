package io.jynamo.text.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The methods of Python's list, tuple and range that change nothing. */
final class ListMethods {
    private ListMethods() {}

    static @Nullable Object find(List<?> self, String name) {
        if (self instanceof Tuple tuple && tuple.field(name) >= 0) {
            return tuple.get(tuple.field(name));
        }
        return switch (name) {
            case "count" -> (Invocable) (r, a) -> count(r, self, a.bind("count", 1, "value")[0]);
            case "index" -> (Invocable) (r, a) -> index(r, self, a);
            case "copy" ->
                Types.name(self).equals("list") ? (Invocable) (r, a) -> Sequences.list(r, self) : Arguments.ABSENT;
            default -> Arguments.ABSENT;
        };
    }

    private static long count(Rendering r, List<?> self, @Nullable Object value) {
        r.steps(self.size());
        return self.stream().filter(element -> Comparison.equal(element, value)).count();
    }

    private static long index(Rendering r, List<?> self, Arguments arguments) {
        var bound = arguments.bind("index", 1, "value", "start", "stop");
        var from = clamp(Arguments.integer(bound[1], 0), self.size());
        var to = clamp(Arguments.integer(bound[2], self.size()), self.size());
        for (int i = from; i < to; i++) {
            r.step();
            if (Comparison.equal(self.get(i), bound[0])) {
                return i;
            }
        }
        throw TemplateFailure.value(Representation.of(bound[0]) + " is not in list");
    }

    private static int clamp(int index, int size) {
        return Math.clamp(index < 0 ? (long) index + size : index, 0, size);
    }
}
