package io.jynamo.frontend.responses;

/**
 * A function's name as clients know it. Models know one name for each function, so that of a namespace is put before it.
 *
 * @param namespace empty for a function that stands in none
 * @param custom it takes a text as it is: clients know no function, but a custom tool
 */
record CalledName(String namespace, String name, boolean custom) {
    /** Between both: no dot, for several formats of calls read a name from its last one. */
    private static final String BETWEEN = "__";

    /** A function. */
    CalledName(String namespace, String name) {
        this(namespace, name, false);
    }

    static CalledName of(String name) {
        return new CalledName("", name);
    }

    /** The name that a model is told. */
    String told() {
        return namespace.isEmpty() ? name : namespace + BETWEEN + name;
    }
}
