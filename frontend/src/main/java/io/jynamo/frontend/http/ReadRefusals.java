package io.jynamo.frontend.http;

import io.jynamo.protocol.ErrorCode;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/**
 * The answers to requests that are refused while they are read.
 *
 * @param form how their client is told
 */
record ReadRefusals(HttpLimits limits, ErrorForm form) {
    Answer tooLarge(long limit) {
        return form.answer(ErrorCode.BODY_TOO_LARGE, "The request body exceeds the limit of " + limit + " bytes.");
    }

    Answer noMemory() {
        return form.answer(
                ErrorCode.OVERLOADED, "The server holds as many request bodies as it may; try again in a second.");
    }

    Answer strangeExpectation() {
        return form.answer(ErrorCode.INVALID_REQUEST, "The only expectation supported is 100-continue.");
    }

    Answer failed() {
        return form.answer(ErrorCode.INTERNAL, "The server failed; its log has the reason.");
    }

    Answer late() {
        return form.answer(
                ErrorCode.REQUEST_TIMEOUT,
                "The request did not arrive whole within "
                        + limits.requestReadTimeout().toMillis() + " ms.");
    }

    /** @param cause as the codec tells it */
    Answer framing(Throwable cause) {
        return switch (cause) {
            case TooLongHttpHeaderException ignored ->
                form.answer(
                        ErrorCode.HEADERS_TOO_LARGE,
                        "The headers exceed the limit of " + limits.maxHeaderBytes() + " bytes.");
            case TooLongHttpLineException ignored ->
                form.answer(
                        ErrorCode.HEADERS_TOO_LARGE,
                        "The request line exceeds the limit of " + limits.maxLineBytes() + " bytes.");
            default ->
                form.answer(ErrorCode.INVALID_REQUEST, "This is not HTTP as it should be: " + cause.getMessage());
        };
    }
}
