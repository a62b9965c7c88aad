package io.jynamo.frontend.responses;

/**
 * A function's name as clients know it. Models know one name for each function, so that of a namespace is put before it.
 *
 * @param namespace empty for a function that stands in none
 */
record CalledName(String namespace, String name) {
    /** Between both: no dot, for several formats of calls read a name from its last one. */
    private static final String BETWEEN = "__";

    static CalledName of(String name) {
        return new CalledName("", name);
    }

    /** The name that a model is told. */
    String told() {
        return namespace.isEmpty() ? name : namespace + BETWEEN + name;
    }
}
