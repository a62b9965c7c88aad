package io.jynamo.text.tokenizer;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import tools.jackson.databind.JsonNode;

/** The named errors of tokenizer files. */
final class Refusal {
    private Refusal() {}

    static JynamoException corrupt(String what) {
        return new JynamoException(ErrorCode.MODEL_FILE_CORRUPT, "tokenizer: " + what);
    }

    static JynamoException unsupported(String what) {
        return new JynamoException(ErrorCode.TOKENIZER_UNSUPPORTED, "tokenizer: " + what);
    }

    /** The text of a required field. */
    static String text(JsonNode node, String field, String where) {
        JsonNode value = node.get(field);
        if (value == null || !value.isString()) {
            throw corrupt(where + " has no text field \"" + field + "\"");
        }
        return value.stringValue();
    }

    static String text(JsonNode node, String field, String where, String absent) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? absent : text(node, field, where);
    }

    static boolean flag(JsonNode node, String field, String where, boolean absent) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return absent;
        }
        if (!value.isBoolean()) {
            throw corrupt(where + "." + field + " is not true or false");
        }
        return value.booleanValue();
    }

    static int number(JsonNode node, String field, String where, int absent) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return absent;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw corrupt(where + "." + field + " is not a whole number in range");
        }
        return value.intValue();
    }

    static JsonNode array(JsonNode node, String field, String where) {
        JsonNode value = node.get(field);
        if (value == null || !value.isArray()) {
            throw corrupt(where + " has no list \"" + field + "\"");
        }
        return value;
    }
}
