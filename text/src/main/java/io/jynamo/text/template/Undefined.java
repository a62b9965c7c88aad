package io.jynamo.text.template;

import org.jspecify.annotations.Nullable;

/**
 * The value of a name, attribute or element that does not exist: empty as text, false, without elements, and an error in
 * any other use.
 *
 * @param message what the error says
 * @param pythonClass the error's class
 */
record Undefined(String message, String pythonClass) {
    static Undefined variable(String name) {
        return of(Representation.of(name) + " is undefined");
    }

    static Undefined of(String message) {
        return new Undefined(message, "UndefinedError");
    }

    static Undefined member(@Nullable Object owner, @Nullable Object name) {
        var type = owner == null ? "None" : Types.name(owner) + " object";
        return name instanceof String attribute
                ? of(Representation.of(type) + " has no attribute " + Representation.of(attribute))
                : of(type + " has no element " + Representation.of(name));
    }

    static Undefined unsafe(Object owner, String name) {
        return new Undefined(
                "access to attribute " + Representation.of(name) + " of " + Representation.of(Types.name(owner))
                        + " object is unsafe.",
                "SecurityError");
    }

    TemplateFailure failure() {
        return new TemplateFailure(pythonClass, message);
    }

    /** Fails if {@code value} is undefined. */
    static void refuse(@Nullable Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.failure();
        }
    }
}
