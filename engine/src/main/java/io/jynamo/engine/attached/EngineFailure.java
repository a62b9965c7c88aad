package io.jynamo.engine.attached;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What an engine's error means: its status, and its own words in any of the shapes that engines use. */
public final class EngineFailure {
    private static final int MOST_WORDS = 1000;
    private static final long MOST_RETRY_SECONDS = 3600;
    /** How vLLM, SGLang, llama.cpp and TensorRT-LLM say that a prompt is too long. */
    private static final Pattern TOO_LONG = Pattern.compile(
            "context.(length|size|window)|exceed_context_size|max_model_len|max_seq_len|max_num_tokens|max_input_len"
                    + "|longer than the model|maximum (input|sequence) length|prompt (is )?too long");

    private EngineFailure() {}

    /** The failure behind an answer that is no 200. */
    public static GenerationEnd.Failure of(String engine, int status, @Nullable String retryAfter, String body) {
        Words words = Words.of(body);
        ErrorCode code = code(status, words);
        Duration wait = code.fault() == ErrorCode.Fault.CAPACITY ? retryAfter(retryAfter, Instant.now()) : null;
        return new GenerationEnd.Failure(code, message(engine, status, words.text()), wait);
    }

    /** The failure that an event of a running answer tells, whose {@code error} member this is. */
    public static GenerationEnd.Failure ofEvent(String engine, JsonNode error) {
        JsonNode code = error.path("code");
        int status = code.isInt() && code.intValue() >= 400 && code.intValue() < 600 ? code.intValue() : 500;
        Words words = Words.ofError(error);
        return new GenerationEnd.Failure(code(status, words), message(engine, status, words.text()));
    }

    private static ErrorCode code(int status, Words words) {
        return switch (status) {
            case 401, 403 -> ErrorCode.INVALID_CONFIGURATION;
            case 404 -> words.mentions("model") ? ErrorCode.MODEL_NOT_FOUND : ErrorCode.INVALID_CONFIGURATION;
            case 413 -> ErrorCode.BODY_TOO_LARGE;
            case 429, 529 -> ErrorCode.OVERLOADED;
            case 503 -> words.mentions("loading model") ? ErrorCode.NOT_READY : ErrorCode.OVERLOADED;
            case 502, 504 -> ErrorCode.WORKER_LOST;
            default -> {
                if (status >= 500) {
                    yield ErrorCode.INTERNAL;
                }
                if (status < 400) {
                    yield ErrorCode.INVALID_CONFIGURATION;
                }
                yield TOO_LONG.matcher(words.lower()).find()
                        ? ErrorCode.CONTEXT_LENGTH_EXCEEDED
                        : ErrorCode.INVALID_REQUEST;
            }
        };
    }

    private static String message(String engine, int status, String words) {
        String advice = switch (status) {
            case 401, 403 -> "; give the key it asks for, or open the route it closes";
            default -> "";
        };
        return "the engine at " + engine + " answered " + status + (words.isEmpty() ? "" : ": " + words) + advice;
    }

    /** Seconds or a date, as HTTP has it; an hour at most, so that a mistaken clock does no harm. */
    static @Nullable Duration retryAfter(@Nullable String header, Instant now) {
        if (header == null) {
            return null;
        }
        long seconds;
        try {
            seconds = Long.parseLong(header.strip());
        } catch (NumberFormatException notSeconds) {
            try {
                Instant at = ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                seconds = Duration.between(now, at).toSeconds();
            } catch (DateTimeParseException noDate) {
                return null;
            }
        }
        return Duration.ofSeconds(Math.clamp(seconds, 0, MOST_RETRY_SECONDS));
    }

    /** What the engine said, and in lower case with its type, for looking into. */
    private record Words(String text, String lower) {
        static Words of(String body) {
            JsonNode root = Json.tryTree(body);
            if (root == null || !root.isObject()) {
                return plain(body);
            }
            if (root.has("error")) {
                return ofError(root.path("error"));
            }
            return root.has("detail") ? ofError(root.path("detail")) : ofError(root);
        }

        static Words ofError(JsonNode error) {
            if (error.isString()) {
                return plain(error.stringValue());
            }
            JsonNode message = error.path("message");
            String text = message.isString() ? message.stringValue() : error.toString();
            Words words = plain(text);
            JsonNode type = error.path("type");
            return type.isString()
                    ? new Words(
                            words.text(),
                            words.lower() + " " + type.stringValue().toLowerCase(Locale.ROOT))
                    : words;
        }

        boolean mentions(String phrase) {
            return lower.contains(phrase);
        }

        private static Words plain(String text) {
            String clean = text.strip();
            String cut = clean.length() > MOST_WORDS ? clean.substring(0, MOST_WORDS) + "…" : clean;
            return new Words(cut, cut.toLowerCase(Locale.ROOT));
        }
    }
}
