package io.jynamo.text.template;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code value.name} and {@code value[key]} as the immutable sandbox of jinja2 resolves them. */
final class Members {
    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> DICT_CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Members() {}

    /** The attribute first, then the element. */
    static @Nullable Object attribute(@Nullable Object owner, String name) {
        var attribute = own(owner, name);
        if (!Types.isAbsent(attribute)) {
            return attribute;
        }
        if (owner instanceof Map<?, ?> dict) {
            var value = dict.get(name);
            if (value != null || dict.containsKey(name)) {
                return value;
            }
        }
        return Undefined.member(owner, name);
    }

    /** The element first, then the attribute. */
    static @Nullable Object item(Rendering r, @Nullable Object owner, @Nullable Object given) {
        var key = Markup.plain(given);
        switch (owner) {
            case Undefined undefined -> throw undefined.failure();
            case Map<?, ?> dict -> {
                var value = isHashable(key) ? Dicts.find(dict, key) : Arguments.ABSENT;
                if (!Types.isAbsent(value)) {
                    return value;
                }
            }
            case List<?> list -> {
                var index = position(key, list.size());
                if (index >= 0) {
                    return list.get(index);
                }
            }
            case String text -> {
                r.work(text.length());
                var index = position(key, Text.length(text));
                if (index >= 0) {
                    return Text.at(text, index);
                }
            }
            case Markup markup -> {
                var index = position(key, Text.length(markup.text()));
                if (index >= 0) {
                    return new Markup(Text.at(markup.text(), index));
                }
            }
            case null, default -> {}
        }
        if (key instanceof String name) {
            var attribute = own(owner, name);
            if (!Types.isAbsent(attribute)) {
                return attribute;
            }
        }
        return Undefined.member(owner, key);
    }

    private static boolean isHashable(@Nullable Object key) {
        return !(key instanceof Map) && (!(key instanceof List) || key instanceof Tuple || key instanceof Range);
    }

    /** The position that {@code key} names, or -1 if it names none. */
    private static int position(@Nullable Object key, int size) {
        if (!(key instanceof Boolean || Numbers.isInteger(key))) {
            return -1;
        }
        var index = Numbers.index(key);
        var position = index < 0 ? index + size : index;
        return position >= 0 && position < size ? position : -1;
    }

    /** A Python attribute of {@code owner}, wrapped as unsafe where the sandbox refuses it, or ABSENT. */
    static @Nullable Object own(@Nullable Object owner, String name) {
        if (name.startsWith("__")
                && name.endsWith("__")
                && !(owner instanceof Attributed)
                && Dunders.has(owner, name)) {
            return Undefined.unsafe(owner == null ? "None" : owner, name);
        }
        return switch (owner) {
            case null -> Arguments.ABSENT;
            case String text -> TextMethods.find(text, name);
            case Markup markup -> markup.attribute(name);
            case Map<?, ?> dict ->
                DICT_CHANGES.contains(name) ? Undefined.unsafe(dict, name) : DictMethods.find(dict, name);
            case List<?> list ->
                LIST_CHANGES.contains(name) && Types.name(list).equals("list")
                        ? Undefined.unsafe(list, name)
                        : ListMethods.find(list, name);
            case Undefined undefined -> throw undefined.failure();
            case Attributed attributed -> attributed.attribute(name);
            default -> NumberMethods.find(owner, name);
        };
    }
}
