package io.jynamo.text.template;

import static java.util.Objects.requireNonNull;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.ChatTemplate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a render came to, ours or the oracle's: a text, or the Python class of an error and, where the template raised it
 * itself, its words.
 */
record Outcome(
        @Nullable String text,
        @Nullable String error,
        @Nullable String message) {
    /** The oracle's clock. */
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

    static final JsonMapper JSON = new JsonMapper();

    static Outcome of(ChatTemplate template, Map<String, ?> variables) {
        try {
            return new Outcome(template.render(variables), null, null);
        } catch (JynamoException e) {
            if (e.code() != ErrorCode.TEMPLATE_FAILED) {
                throw e;
            }
            var failure = (TemplateFailure) requireNonNull(e.getCause());
            return failed(failure.pythonClass(), requireNonNull(e.getMessage()));
        }
    }

    static Outcome failed(String error, String message) {
        var kind = error.equals("SyntaxError") ? "TemplateSyntaxError" : error;
        return new Outcome(null, kind, error.equals("TemplateError") ? message : null);
    }

    /** The oracle's, from a line of its goldens. */
    static Outcome golden(Map<String, Object> row) {
        var error = (String) row.get("error");
        return error == null
                ? new Outcome((String) row.get("text"), null, null)
                : failed(error, String.valueOf(row.get("message")));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(@Nullable Object json) {
        return (Map<String, Object>) requireNonNull(json);
    }
}
