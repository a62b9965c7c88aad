package io.jynamo.text.grammar.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Schemas that an instance must all satisfy, those they refer to and those in their {@code allOf} among them. Two conjunctions of the same
 * places are the same; as a document has finitely many places, recursive schemas come to an end.
 *
 * @param schemas each once, in the order in which they were found
 * @param impossible whether one of them is {@code false}
 */
record Conjunction(List<SchemaAt> schemas, boolean impossible) {
    static Conjunction of(Collection<SchemaAt> schemas, References references) {
        Map<String, SchemaAt> found = new LinkedHashMap<>();
        List<SchemaAt> pending = new ArrayList<>(schemas);
        boolean impossible = false;
        while (!pending.isEmpty()) {
            var schema = pending.removeFirst();
            impossible |= Boolean.FALSE.equals(schema.value());
            if (schema.value() instanceof Boolean || found.containsKey(schema.pointer())) {
                continue;
            }
            var counted = references.counted(schema);
            found.put(counted.pointer(), counted);
            Keywords.check(counted);
            if (counted.has("$ref")) {
                pending.add(references.resolve(counted));
            }
            pending.addAll(counted.children("allOf"));
        }
        return new Conjunction(List.copyOf(found.values()), impossible);
    }

    /** The same for the same schemas, whatever their order. */
    String key() {
        return impossible + schemas.stream().map(SchemaAt::pointer).sorted().collect(Collectors.joining(" "));
    }

    /** With one schema more. */
    Conjunction and(SchemaAt schema, References references) {
        var all = new ArrayList<>(schemas);
        all.add(schema);
        return of(all, references);
    }

    boolean contains(SchemaAt schema) {
        return schemas.stream().anyMatch(own -> own.pointer().equals(schema.pointer()));
    }
}
