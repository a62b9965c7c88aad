package io.jynamo.frontend.keys;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** The JSON document that lists keys: {@code {"keys": [{"name": …, "hash": …}, …]}}. Read whole or refused. */
public final class KeyFile {
    /** Largest file, in bytes. */
    public static final int MAX_SIZE = 16 << 20;

    /** Keys in one file at most: each has a few counters and series of metrics. */
    public static final int MOST_KEYS = 10_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(8).build())
            .build();

    private final String file;
    private final JsonParser parser;
    private final List<KeyEntry> entries = new ArrayList<>();
    private final Map<String, Integer> linesByName = new HashMap<>();
    private final Map<KeyHash, Integer> linesByHash = new HashMap<>();

    private KeyFile(String file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /**
     * Reads a document.
     *
     * @param file its name, for messages
     * @throws JynamoException INVALID_CONFIGURATION with the line and what is wrong there
     */
    public static List<KeyEntry> parse(String file, byte[] bytes) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            KeyFile read = new KeyFile(file, parser);
            read.document();
            return List.copyOf(read.entries);
        } catch (JacksonException broken) {
            var at = broken.getLocation();
            String reason = broken.getOriginalMessage();
            int end = reason.indexOf('\n');
            throw wrong(
                    file,
                    at == null ? 1 : at.getLineNr(),
                    "is not JSON: " + (end < 0 ? reason : reason.substring(0, end)));
        }
    }

    private void document() {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw wrong("must be a JSON object such as {\"keys\": []}");
        }
        boolean found = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (!name.equals("keys")) {
                throw wrong("`" + name + "` is not known here; there is `keys` alone");
            }
            found = true;
            keys();
        }
        if (!found) {
            throw wrong("has no `keys`, which must be an array");
        }
        if (parser.nextToken() != null) {
            throw wrong("has something behind its end");
        }
    }

    private void keys() {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw wrong("`keys` must be an array");
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String path = "keys[" + entries.size() + "]";
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw wrong("`" + path + "` must be an object");
            }
            if (entries.size() == MOST_KEYS) {
                throw wrong("has more than " + MOST_KEYS + " keys");
            }
            int line = line();
            add(key(path, line), path, line);
        }
    }

    private KeyEntry key(String path, int line) {
        var draft = new KeyDraft();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            try {
                draft.take(name, parser);
            } catch (IllegalArgumentException refused) {
                throw wrong("`" + path + "." + name + "` " + refused.getMessage());
            }
        }
        try {
            return draft.entry();
        } catch (IllegalArgumentException refused) {
            throw wrong(file, line, "`" + path + "` " + refused.getMessage());
        }
    }

    private void add(KeyEntry entry, String path, int line) {
        Integer sameName = linesByName.putIfAbsent(entry.terms().name(), line);
        if (sameName != null) {
            throw wrong(
                    file,
                    line,
                    "`" + path + ".name` is that of the key in line " + sameName + " too: "
                            + entry.terms().name());
        }
        Integer sameHash = linesByHash.putIfAbsent(entry.hash(), line);
        if (sameHash != null) {
            throw wrong(file, line, "`" + path + ".hash` is that of the key in line " + sameHash + " too");
        }
        entries.add(entry);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private JynamoException wrong(String what) {
        return wrong(file, line(), what);
    }

    private static JynamoException wrong(String file, int line, String what) {
        return new JynamoException(
                ErrorCode.INVALID_CONFIGURATION, "key file " + file + ", line " + line + ": " + what);
    }
}
