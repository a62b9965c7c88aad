package io.jynamo.text.grammar.schema;

import io.jynamo.text.grammar.automaton.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what {@code $ref} means, within one document. */
final class References {
    private final SchemaAt root;
    private final String id;
    private final Map<String, SchemaAt> anchors = new HashMap<>();
    /** Before draft 2019-09 nothing beside a {@code $ref} counts. */
    private final boolean alone;

    References(SchemaAt root) {
        this.root = root;
        String base = root.map().get("$id") instanceof String text ? text : "";
        this.id = base.endsWith("#") ? base.substring(0, base.length() - 1) : base;
        String dialect = String.valueOf(root.map().get("$schema"));
        this.alone = dialect.contains("draft-04") || dialect.contains("draft-06") || dialect.contains("draft-07");
        findAnchors(root.value(), "#", 0);
    }

    /** The schema with the keywords that count. */
    SchemaAt counted(SchemaAt schema) {
        return alone && schema.has("$ref")
                ? new SchemaAt(Map.of("$ref", schema.string("$ref").orElse("")), schema.pointer())
                : schema;
    }

    SchemaAt resolve(SchemaAt schema) {
        String reference = schema.string("$ref").orElse("");
        String fragment = reference;
        if (!id.isEmpty() && reference.startsWith(id)) {
            fragment = reference.substring(id.length());
        }
        if (fragment.isEmpty() || fragment.equals("#")) {
            return root;
        }
        if (!fragment.startsWith("#")) {
            throw schema.unsupported("$ref", "'" + reference + "' is in another document");
        }
        if (!fragment.startsWith("#/")) {
            var anchor = anchors.get(fragment.substring(1));
            if (anchor == null) {
                throw schema.invalid("$ref", "'" + reference + "' leads nowhere");
            }
            return anchor;
        }
        return follow(schema, reference, fragment);
    }

    private SchemaAt follow(SchemaAt schema, String reference, String fragment) {
        Object at = root.value();
        var pointer = new StringBuilder("#");
        for (String raw : fragment.substring(2).split("/", -1)) {
            String key = unescaped(raw);
            if (key == null) {
                throw Refusal.invalid("keyword '$ref' at " + schema.pointer() + " has a wrong escape in '" + raw + "'");
            }
            at = child(at, key.replace("~1", "/").replace("~0", "~"));
            if (at == null) {
                throw schema.invalid("$ref", "'" + reference + "' leads nowhere");
            }
            pointer.append('/').append(SchemaAt.escaped(key.replace("~1", "/").replace("~0", "~")));
        }
        return new SchemaAt(at, pointer.toString());
    }

    private static @Nullable Object child(@Nullable Object parent, String key) {
        if (parent instanceof Map<?, ?> map) {
            return map.get(key);
        }
        if (parent instanceof List<?> list && key.matches("[0-9]{1,6}")) {
            int index = Integer.parseInt(key);
            return index < list.size() ? list.get(index) : null;
        }
        return null;
    }

    private void findAnchors(@Nullable Object value, String pointer, int depth) {
        if (depth > JsonSchemas.MAX_DEPTH) {
            throw Refusal.invalid("the schema nests deeper than " + JsonSchemas.MAX_DEPTH);
        }
        if (value instanceof Map<?, ?> map) {
            if (map.get("$anchor") instanceof String name) {
                anchors.putIfAbsent(name, new SchemaAt(map, pointer));
            }
            if (map.get("$id") instanceof String name && name.startsWith("#")) {
                anchors.putIfAbsent(name.substring(1), new SchemaAt(map, pointer));
            }
            map.forEach((key, child) ->
                    findAnchors(child, pointer + "/" + SchemaAt.escaped(String.valueOf(key)), depth + 1));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                findAnchors(list.get(i), pointer + "/" + i, depth + 1);
            }
        }
    }

    /** A part of a URI fragment without its percent escapes, or null where one of them is none. */
    private static @Nullable String unescaped(String raw) {
        byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
        var plain = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                plain.write(bytes[i]);
                continue;
            }
            int high = i + 2 <= bytes.length - 1 ? Character.digit(bytes[i + 1], 16) : -1;
            int low = i + 2 <= bytes.length - 1 ? Character.digit(bytes[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                return null;
            }
            plain.write(high << 4 | low);
            i += 2;
        }
        return plain.toString(StandardCharsets.UTF_8);
    }
}
