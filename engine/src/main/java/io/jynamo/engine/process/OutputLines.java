package io.jynamo.engine.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Lines of a process's output. A progress bar's carriage return ends one too; the end of a very long one is dropped. */
final class OutputLines {
    private static final int LONGEST = 16 << 10;

    private OutputLines() {}

    /** Reads until the output ends. */
    static void read(InputStream output, Consumer<String> line) throws IOException {
        ByteArrayOutputStream current = new ByteArrayOutputStream();
        byte[] buffer = new byte[8 << 10];
        for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n' || buffer[i] == '\r') {
                    tell(current, line);
                } else if (current.size() < LONGEST) {
                    current.write(buffer[i]);
                }
            }
        }
        tell(current, line);
    }

    private static void tell(ByteArrayOutputStream current, Consumer<String> line) {
        if (current.size() > 0) {
            line.accept(current.toString(StandardCharsets.UTF_8));
            current.reset();
        }
    }
}
