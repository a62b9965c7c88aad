package io.jynamo.text.grammar.schema;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Proves that no instance satisfies two schemas at once, which makes {@code oneOf} the same as {@code anyOf}: by their types, by values they
 * list, by bounds of numbers, or by a property that both require.
 */
final class Disjointness {
    private static final int MAX_DEPTH = 6;

    private final References references;
    private final InstanceCheck check;

    Disjointness(References references, InstanceCheck check) {
        this.references = references;
        this.check = check;
    }

    /**
     * Refuses branches of a {@code oneOf} that may overlap.
     *
     * @throws io.jynamo.protocol.JynamoException UNSUPPORTED_PARAMETER
     */
    void require(SchemaAt schema, List<SchemaAt> branches) {
        for (int i = 0; i < branches.size(); i++) {
            for (int k = i + 1; k < branches.size(); k++) {
                if (!isProven(List.of(branches.get(i)), List.of(branches.get(k)), 0)) {
                    throw schema.unsupported(
                            "oneOf", "branches " + i + " and " + k + " may both hold; write anyOf, or tell them apart");
                }
            }
        }
    }

    private boolean isProven(List<SchemaAt> left, List<SchemaAt> right, int depth) {
        if (depth > MAX_DEPTH) {
            return false;
        }
        var a = Conjunction.of(left, references);
        var b = Conjunction.of(right, references);
        if (a.impossible() || b.impossible() || differInType(a, b)) {
            return true;
        }
        return noneListed(a, b)
                || noneListed(b, a)
                || branchesProven(a, right, depth)
                || branchesProven(b, left, depth)
                || differInProperty(a, b, depth);
    }

    private static boolean differInType(Conjunction a, Conjunction b) {
        var types = EnumSet.allOf(Type.class);
        a.schemas().forEach(schema -> types.retainAll(Type.of(schema)));
        b.schemas().forEach(schema -> types.retainAll(Type.of(schema)));
        if (types.isEmpty()) {
            return true;
        }
        types.remove(Type.INTEGER);
        types.remove(Type.NUMBER);
        if (!types.isEmpty()) {
            return false;
        }
        var both = new ArrayList<>(a.schemas());
        both.addAll(b.schemas());
        var bounds = Bounds.of(both);
        if (bounds.lower().isEmpty() || bounds.upper().isEmpty()) {
            return false;
        }
        var lower = bounds.lower().get();
        int order = lower.value().compareTo(bounds.upper().get().value());
        return order > 0
                || (order == 0 && !(lower.inclusive() && bounds.upper().get().inclusive()));
    }

    /** Whether the first lists its values, and none of them satisfies the second. */
    private boolean noneListed(Conjunction a, Conjunction b) {
        Optional<List<?>> values = SchemaCompiler.enumeration(a);
        return values.isPresent() && values.get().stream().noneMatch(value -> check.holds(value, b.schemas()));
    }

    /** Whether each branch of a group of the first excludes the second. */
    private boolean branchesProven(Conjunction a, List<SchemaAt> right, int depth) {
        for (SchemaAt schema : a.schemas()) {
            for (String keyword : List.of("anyOf", "oneOf")) {
                var branches = schema.children(keyword);
                if (schema.has(keyword)
                        && branches.stream().allMatch(branch -> isProven(List.of(branch), right, depth + 1))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean differInProperty(Conjunction a, Conjunction b, int depth) {
        if (!isObject(a) && !isObject(b)) {
            return false;
        }
        var left = new ObjectShape.Properties(a.schemas(), check);
        var right = new ObjectShape.Properties(b.schemas(), check);
        var names = new LinkedHashSet<String>();
        a.schemas().forEach(schema -> names.addAll(schema.strings("required")));
        b.schemas().forEach(schema -> names.addAll(schema.strings("required")));
        for (String name : names) {
            if (isProven(left.satisfiedBy(name), right.satisfiedBy(name), depth + 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isObject(Conjunction conjunction) {
        return conjunction.schemas().stream().anyMatch(schema -> Type.of(schema).equals(EnumSet.of(Type.OBJECT)));
    }
}
