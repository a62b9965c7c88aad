package io.jynamo.text.reply;

/** JSON's strings: escaping text into one, and the meaning of one that arrives by the character. */
final class JsonString {
    private static final String HEX = "0123456789abcdef";

    /** The meaning so far. The owner reads and clears it. */
    private final StringBuilder text = new StringBuilder();

    private boolean escaped;
    private int hexLeft;
    private int code;

    StringBuilder text() {
        return text;
    }

    /** Reads a character between the quotes; {@link JsonCheck} has found it right. */
    void accept(char c) {
        if (hexLeft > 0) {
            code = code << 4 | Character.digit(c, 16);
            hexLeft--;
            if (hexLeft == 0) {
                text.append((char) code);
            }
        } else if (escaped) {
            escaped = false;
            if (c == 'u') {
                hexLeft = 4;
                code = 0;
            } else {
                text.append(unescape(c));
            }
        } else if (c == '\\') {
            escaped = true;
        } else {
            text.append(c);
        }
    }

    private static char unescape(char c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> c;
        };
    }

    /** Writes a character as it stands inside a JSON string. */
    static void escape(char c, StringBuilder into) {
        switch (c) {
            case '"' -> into.append("\\\"");
            case '\\' -> into.append("\\\\");
            case '\n' -> into.append("\\n");
            case '\r' -> into.append("\\r");
            case '\t' -> into.append("\\t");
            default -> {
                if (c < ' ') {
                    into.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
                } else {
                    into.append(c);
                }
            }
        }
    }

    /** A text as a JSON string, quotes and all. */
    static String quote(CharSequence text) {
        var json = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            escape(text.charAt(i), json);
        }
        return json.append('"').toString();
    }
}
