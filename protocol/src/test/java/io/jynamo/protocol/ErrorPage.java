package io.jynamo.protocol;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code docs/errors.md}: every error code on one page, with what to do about it. */
final class ErrorPage {
    private static final Map<ErrorCode, String> REMEDIES = new EnumMap<>(ErrorCode.class);

    static {
        REMEDIES.put(ErrorCode.INVALID_REQUEST, "Correct the field that the message names.");
        REMEDIES.put(ErrorCode.INVALID_JSON, "Send well-formed JSON in UTF-8.");
        REMEDIES.put(ErrorCode.UNSUPPORTED_PARAMETER, "Leave the field out.");
        REMEDIES.put(ErrorCode.CONTEXT_LENGTH_EXCEEDED, "Shorten the prompt or ask for fewer output tokens.");
        REMEDIES.put(ErrorCode.TEMPLATE_FAILED, "Send the roles and contents that the template expects.");
        REMEDIES.put(
                ErrorCode.MEDIA_INVALID, "Send the bytes of a PNG, JPEG, GIF, WebP, WAV, MP3, FLAC, Ogg, MP4 or WebM.");
        REMEDIES.put(
                ErrorCode.MEDIA_NOT_ALLOWED,
                "Send the bytes in a `data:` URL, or an http(s) URL of a public address and an allowed domain.");
        REMEDIES.put(
                ErrorCode.MEDIA_UNAVAILABLE,
                "See that the URL answers 200 in time, or send the bytes in a `data:` URL.");
        REMEDIES.put(
                ErrorCode.MEDIA_TOO_LARGE,
                "Send fewer or smaller media, or raise `--max-media-bytes` or `--max-media-parts`.");
        REMEDIES.put(ErrorCode.AUTHENTICATION_REQUIRED, "Send `Authorization: Bearer KEY` with a valid key.");
        REMEDIES.put(ErrorCode.MODEL_NOT_FOUND, "Use a name that `GET /v1/models` lists.");
        REMEDIES.put(
                ErrorCode.FORBIDDEN,
                "Use the server's own page, a client without a browser or an admin's key, as the message says.");
        REMEDIES.put(ErrorCode.WORKER_NOT_FOUND, "Use an id that `GET /v1/fleet` lists.");
        REMEDIES.put(
                ErrorCode.NOT_FOUND, "Register it, or forget it: what its client did not tell of in time is freed.");
        REMEDIES.put(ErrorCode.ROUTE_NOT_FOUND, "See `/openapi.json` for the paths there are.");
        REMEDIES.put(ErrorCode.METHOD_NOT_ALLOWED, "Use a method that the `Allow` header lists.");
        REMEDIES.put(ErrorCode.REQUEST_TIMEOUT, "Send the whole request without pauses.");
        REMEDIES.put(ErrorCode.CONFLICT, "Remove what is there first, or take another id.");
        REMEDIES.put(
                ErrorCode.STREAM_EXPIRED,
                "Send the request anew; raise --resume-window where clients need longer to come back.");
        REMEDIES.put(ErrorCode.BODY_TOO_LARGE, "Send less, or raise the server's limit.");
        REMEDIES.put(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Send `Content-Type: application/json`.");
        REMEDIES.put(ErrorCode.MALFORMED_FIELD, "Send the field that the message names, as it says.");
        REMEDIES.put(
                ErrorCode.RATE_LIMIT_EXCEEDED, "Try again after `Retry-After`; `x-ratelimit-*` tells what is left.");
        REMEDIES.put(ErrorCode.HEADERS_TOO_LARGE, "Send fewer or shorter headers.");
        REMEDIES.put(ErrorCode.CANCELLED, "Nothing; the client ended it.");
        REMEDIES.put(ErrorCode.NOT_IMPLEMENTED, "Do without the feature.");
        REMEDIES.put(
                ErrorCode.DEADLINE_UNREACHABLE, "Allow its first token more time, or try again after `Retry-After`.");
        REMEDIES.put(ErrorCode.OVERLOADED, "Try again after `Retry-After`; add workers if it lasts.");
        REMEDIES.put(ErrorCode.KV_BLOCKS_EXHAUSTED, "Ask for less at once, or give the worker more KV memory.");
        REMEDIES.put(
                ErrorCode.TOO_MANY_CONNECTIONS,
                "Try again after `Retry-After`, over fewer connections, or raise the server's limit.");
        REMEDIES.put(ErrorCode.NOT_READY, "Try again after `Retry-After`.");
        REMEDIES.put(ErrorCode.DEADLINE_EXCEEDED, "Allow more time or ask for less.");
        REMEDIES.put(ErrorCode.MODEL_FILE_MISSING, "Check the path, or pull the model.");
        REMEDIES.put(ErrorCode.MODEL_FILE_CORRUPT, "Fetch the file again and compare its digest.");
        REMEDIES.put(
                ErrorCode.MODEL_UNSUPPORTED,
                "Use one of the supported architectures and types that the message lists.");
        REMEDIES.put(
                ErrorCode.MODEL_DOES_NOT_FIT, "Use the `--max-model-len` that the message names, or a smaller model.");
        REMEDIES.put(ErrorCode.TOKENIZER_UNSUPPORTED, "Use a model whose tokenizer is supported.");
        REMEDIES.put(ErrorCode.TEMPLATE_INVALID, "Correct the chat template at the line named.");
        REMEDIES.put(ErrorCode.PULL_FAILED, "Check the name and the network, then pull again: it resumes.");
        REMEDIES.put(ErrorCode.DISK_FULL, "Free the space that the message names, then try again.");
        REMEDIES.put(ErrorCode.INVALID_CONFIGURATION, "Correct every setting that the message lists.");
        REMEDIES.put(ErrorCode.ADDRESS_IN_USE, "Stop the other process, or choose another port.");
        REMEDIES.put(
                ErrorCode.DISCOVERY_UNREACHABLE,
                "See that the store that the message names runs, and that its address and access are right.");
        REMEDIES.put(ErrorCode.WORKER_LOST, "Send the request again.");
        REMEDIES.put(ErrorCode.INTERNAL, "Report it with the log of that moment.");
    }

    private ErrorPage() {}

    static String render() {
        StringBuilder page = new StringBuilder("""
                # Errors

                Every error has a stable id. Clients see it as `error.code` beside a message that says what was wrong, where, and what to do;
                the log and the metrics use the same id. `429`-like refusals for want of capacity come with `Retry-After`.
                *Fault*: whose doing it is. *Another worker*: whether the same request may succeed elsewhere, so that it is tried there before
                the client is told. Codes of models and of start-up have an HTTP status only for completeness: they mostly end a command.

                Made from `ErrorCode`; `ErrorPageTest` keeps it true.

                | id | HTTP | fault | another worker | meaning | what to do |
                |---|---|---|---|---|---|
                """);
        for (ErrorCode code : ErrorCode.values()) {
            page.append("| `%s` | %d | %s | %s | %s | %s |%n"
                    .formatted(
                            code.id(),
                            code.httpStatus(),
                            fault(code),
                            code.anotherWorkerMayHelp() ? "yes" : "no",
                            code.meaning(),
                            remedy(code))
                    .replace(System.lineSeparator(), "\n"));
        }
        return page.toString();
    }

    private static String fault(ErrorCode code) {
        return switch (code.fault()) {
            case CALLER -> "caller";
            case CAPACITY -> "capacity";
            case PEER -> "peer";
            case US -> "Jynamo";
        };
    }

    private static String remedy(ErrorCode code) {
        String remedy = REMEDIES.get(code);
        if (remedy == null) {
            throw new AssertionError("say in ErrorPage what to do about " + code + "; known: "
                    + REMEDIES.keySet().stream().map(ErrorCode::id).collect(Collectors.joining(", ")));
        }
        return remedy;
    }
}
