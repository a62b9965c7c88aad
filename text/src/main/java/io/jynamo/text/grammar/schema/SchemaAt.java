package io.jynamo.text.grammar.schema;

import io.jynamo.protocol.JynamoException;
import io.jynamo.text.grammar.automaton.Refusal;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A schema and where it stands in its document.
 *
 * @param value a Boolean or a map
 * @param pointer a JSON pointer as a URI fragment, {@code #/properties/a}; the same for the same place
 */
record SchemaAt(Object value, String pointer) {
    private static final int MAX_COUNT = 100_000;

    SchemaAt {
        if (!(value instanceof Boolean) && !(value instanceof Map<?, ?>)) {
            throw Refusal.invalid("a schema at " + pointer + " is neither an object nor a boolean");
        }
    }

    /** The keywords; none where the schema is a boolean. */
    Map<?, ?> map() {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    boolean has(String keyword) {
        return map().containsKey(keyword);
    }

    static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    /** What stands below a keyword that the schema has. */
    SchemaAt child(String keyword) {
        return at(map().get(keyword), pointer + "/" + escaped(keyword));
    }

    /** One of the schemas in a map below a keyword. */
    SchemaAt child(String keyword, String name) {
        return at(members(keyword).get(name), pointer + "/" + escaped(keyword) + "/" + escaped(name));
    }

    /** The schemas in a list below a keyword. */
    List<SchemaAt> children(String keyword) {
        var children = new ArrayList<SchemaAt>();
        for (Object child : list(keyword)) {
            children.add(at(child, pointer + "/" + escaped(keyword) + "/" + children.size()));
        }
        return children;
    }

    private static SchemaAt at(@Nullable Object value, String pointer) {
        if (value == null) {
            throw Refusal.invalid("a schema at " + pointer + " is null");
        }
        return new SchemaAt(value, pointer);
    }

    List<?> list(String keyword) {
        Object list = map().get(keyword);
        if (list == null) {
            return List.of();
        }
        if (list instanceof List<?> values) {
            return values;
        }
        throw invalid(keyword, "must be an array");
    }

    Map<?, ?> members(String keyword) {
        Object members = map().get(keyword);
        if (members == null) {
            return Map.of();
        }
        if (members instanceof Map<?, ?> values) {
            return values;
        }
        throw invalid(keyword, "must be an object");
    }

    List<String> strings(String keyword) {
        var strings = new ArrayList<String>();
        for (Object item : list(keyword)) {
            if (!(item instanceof String text)) {
                throw invalid(keyword, "must hold strings");
            }
            strings.add(text);
        }
        return strings;
    }

    Optional<String> string(String keyword) {
        Object value = map().get(keyword);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return Optional.of(text);
        }
        throw invalid(keyword, "must be a string");
    }

    Optional<BigDecimal> number(String keyword) {
        Object value = map().get(keyword);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Number number) {
            return Optional.of(Values.decimal(number));
        }
        throw invalid(keyword, "must be a number");
    }

    OptionalInt count(String keyword) {
        Optional<BigDecimal> number = number(keyword);
        if (number.isEmpty()) {
            return OptionalInt.empty();
        }
        BigDecimal value = number.get();
        if (value.signum() < 0 || !Values.isInteger(value)) {
            throw invalid(keyword, "must be a count");
        }
        if (value.compareTo(BigDecimal.valueOf(MAX_COUNT)) > 0) {
            throw invalid(keyword, "is more than " + MAX_COUNT);
        }
        return OptionalInt.of(value.intValue());
    }

    JynamoException invalid(String keyword, String what) {
        return Refusal.invalid("keyword '" + keyword + "' at " + pointer + " " + what);
    }

    JynamoException unsupported(String keyword) {
        return Refusal.unsupported("unsupported keyword '" + keyword + "' at " + pointer);
    }

    JynamoException unsupported(String keyword, String why) {
        return Refusal.unsupported("unsupported keyword '" + keyword + "' at " + pointer + ": " + why);
    }
}
