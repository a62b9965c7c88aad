package io.jynamo.frontend.openai;

import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** The checked values of a body's fields. A field that was absent or null has none. */
public final class FieldValues {
    private final IdentityHashMap<Field<?>, Object> values = new IdentityHashMap<>();

    /** Takes a value that was checked. */
    public <T> void put(Field<T> field, T value) {
        values.put(field, value);
    }

    public boolean has(Field<?> field) {
        return values.containsKey(field);
    }

    @SuppressWarnings("unchecked") // put() only takes a field's own type
    public <T> @Nullable T find(Field<T> field) {
        return (T) values.get(field);
    }

    public <T> T or(Field<T> field, T otherwise) {
        T value = find(field);
        return value == null ? otherwise : value;
    }

    /** Removes a value, so that a big one does not live as long as the others. */
    public <T> T take(Field<T> field, T otherwise) {
        T value = or(field, otherwise);
        values.remove(field);
        return value;
    }

    public boolean is(Field<Boolean> field) {
        return or(field, false);
    }
}
