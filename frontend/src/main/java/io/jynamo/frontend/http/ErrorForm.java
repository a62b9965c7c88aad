package io.jynamo.frontend.http;

import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a client is told that its request failed, where it was told nothing before. */
@FunctionalInterface
public interface ErrorForm {
    /**
     * A whole answer.
     *
     * @param param path of the field, or name of the header, that it is about, or null
     * @param retryAfter what whoever refused said of when to come again, or null
     */
    Answer answer(ErrorCode code, String message, @Nullable String param, @Nullable Duration retryAfter);

    /** A whole answer about no field in particular. */
    default Answer answer(ErrorCode code, String message) {
        return answer(code, message, null, null);
    }

    default Answer answer(GenerationEnd.Failure failure) {
        return answer(failure.code(), failure.message(), failure.param(), failure.retryAfter());
    }

    default Answer answer(Throwable failure) {
        return switch (failure) {
            case Refusal refused -> answer(refused.code(), ErrorBody.message(refused), refused.param(), null);
            case JynamoException known -> answer(known.code(), ErrorBody.message(known), null, known.retryAfter());
            default -> answer(ErrorBody.code(failure), ErrorBody.message(failure));
        };
    }
}
