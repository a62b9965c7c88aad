package io.jynamo.runtime.discovery;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;

/** The keys below a path, and that path itself; those of the empty path are all. Never half a segment. */
record KeyPrefix(String path) {
    /** Takes a slash at the end or none. */
    static KeyPrefix of(String prefix) {
        String path = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        String wrong = path.isEmpty() ? "" : Entry.wrongWith(path);
        if (!wrong.isEmpty() || prefix.equals("/")) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    wrong.isEmpty()
                            ? "A prefix to watch does not begin with a slash; the empty one means every key."
                            : "A prefix to watch " + wrong + ".");
        }
        return new KeyPrefix(path);
    }

    boolean matches(String key) {
        return path.isEmpty()
                || (key.startsWith(path) && (key.length() == path.length() || key.charAt(path.length()) == '/'));
    }
}
