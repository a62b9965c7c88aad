package io.jynamo.frontend.batch;

import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks through the input of a batch before any line of it runs. */
final class InputCheck {
    /** What came of it. */
    sealed interface Outcome {
        /** All lines can be run, so many. */
        record Good(int lines) implements Outcome {}

        /** These are wrong, the first hundred. */
        record Wrong(List<BatchError> errors) implements Outcome {
            public Wrong {
                errors = List.copyOf(errors);
            }
        }
    }

    private static final int MOST_ERRORS = 100;

    private final String endpoint;
    private final BatchLimits limits;
    private final Set<String> ids = new HashSet<>();
    private final List<BatchError> errors = new ArrayList<>();

    private InputCheck(String endpoint, BatchLimits limits) {
        this.endpoint = endpoint;
        this.limits = limits;
    }

    /** @param endpoint that all lines must name */
    static Outcome run(Path input, String endpoint, BatchLimits limits) {
        return new InputCheck(endpoint, limits).run(input);
    }

    private Outcome run(Path input) {
        int lines = 0;
        try (LineReader reader = LineReader.open(input, limits.lineBytes())) {
            for (LineReader.Line line = reader.next(); line != null; line = reader.next()) {
                if (++lines > limits.lines()) {
                    add("too_many_lines", "A batch has at most " + limits.lines() + " lines.", line.number());
                    break;
                }
                look(line);
                if (errors.size() >= MOST_ERRORS) {
                    break;
                }
            }
        }
        if (lines == 0) {
            add("empty_file", "The input file has no lines.", 0);
        }
        return errors.isEmpty() ? new Outcome.Good(lines) : new Outcome.Wrong(errors);
    }

    private void look(LineReader.Line line) {
        byte[] bytes = line.bytes();
        if (bytes == null) {
            add("line_too_long", "A line has at most " + limits.lineBytes() + " bytes.", line.number());
            return;
        }
        try {
            String id = BatchLine.read(line, bytes, endpoint).customId();
            if (!ids.add(id)) {
                errors.add(new BatchError(
                        "duplicate_custom_id",
                        "The custom_id `" + id + "` is that of an earlier line; each must have its own.",
                        "custom_id",
                        line.number()));
            }
        } catch (Refusal wrong) {
            String code = "url".equals(wrong.param()) ? "invalid_url" : "invalid_line";
            errors.add(new BatchError(code, String.valueOf(wrong.getMessage()), wrong.param(), line.number()));
        } catch (JynamoException broken) {
            String message = String.valueOf(broken.getMessage()).replace("The body", "The line");
            add("invalid_json_line", message, line.number());
        }
    }

    private void add(String code, String message, int line) {
        errors.add(new BatchError(code, message, null, line));
    }
}
