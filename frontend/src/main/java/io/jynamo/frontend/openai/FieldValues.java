package io.jynamo.frontend.openai;

import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** The checked values of a body's fields. A field that was absent or null has none. */
final class FieldValues {
    private final IdentityHashMap<Field<?>, Object> values = new IdentityHashMap<>();

    <T> void put(Field<T> field, T value) {
        values.put(field, value);
    }

    boolean has(Field<?> field) {
        return values.containsKey(field);
    }

    @SuppressWarnings("unchecked") // put() only takes a field's own type
    <T> @Nullable T find(Field<T> field) {
        return (T) values.get(field);
    }

    <T> T or(Field<T> field, T otherwise) {
        T value = find(field);
        return value == null ? otherwise : value;
    }

    /** Removes a value, so that a big one does not live as long as the others. */
    <T> T take(Field<T> field, T otherwise) {
        T value = or(field, otherwise);
        values.remove(field);
        return value;
    }

    boolean is(Field<Boolean> field) {
        return or(field, false);
    }
}
