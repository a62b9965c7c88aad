package io.jynamo.runtime.wire;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.Usage;
import io.jynamo.runtime.wire.v1.Delta;
import io.jynamo.runtime.wire.v1.End;
import io.jynamo.runtime.wire.v1.Failure;
import io.jynamo.runtime.wire.v1.Finish;
import io.jynamo.runtime.wire.v1.PromptDone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a worker says of a request, as messages and back. */
public final class OutputMessages {
    private OutputMessages() {}

    public static PromptDone promptDone(int cachedTokens, List<TokenLogprobs> logprobs) {
        PromptDone.Builder message = PromptDone.newBuilder().setCachedTokens(cachedTokens);
        for (TokenLogprobs one : logprobs) {
            message.addLogprobs(message(one));
        }
        return message.build();
    }

    public static Delta message(TokenDelta delta) {
        Delta.Builder message = Delta.newBuilder().setChoice(delta.choice());
        TokenIds tokens = delta.tokens();
        for (int i = 0; i < tokens.count(); i++) {
            message.addTokens(tokens.at(i));
        }
        for (TokenLogprobs one : delta.logprobs()) {
            message.addLogprobs(message(one));
        }
        if (delta.finish() != null) {
            message.setFinish(finish(delta.finish()));
        }
        if (delta.stopToken() != null) {
            message.setStopToken(delta.stopToken());
        }
        if (delta.text() != null) {
            message.setText(delta.text());
        }
        return message.build();
    }

    public static TokenDelta delta(Delta message) {
        return new TokenDelta(
                message.getChoice(),
                RequestMessages.ids(message.getTokensCount(), message::getTokens),
                logprobs(message.getLogprobsList()),
                finish(message.getFinish()),
                message.hasStopToken() ? message.getStopToken() : null,
                message.hasText() ? message.getText() : null);
    }

    public static End message(GenerationEnd end) {
        End.Builder message = End.newBuilder()
                .setPromptTokens(end.usage().prompt())
                .setCachedTokens(end.usage().cached())
                .setOutputTokens(end.usage().output());
        if (end.failure() != null) {
            message.setFailure(message(end.failure()));
        }
        return message.build();
    }

    public static GenerationEnd end(End message) {
        return new GenerationEnd(
                new Usage(message.getPromptTokens(), message.getCachedTokens(), message.getOutputTokens()),
                message.hasFailure() ? failure(message.getFailure()) : null);
    }

    /** The code of an id, or INTERNAL for one of a later version. */
    public static ErrorCode code(String id) {
        try {
            return ErrorCode.valueOf(id.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            return ErrorCode.INTERNAL;
        }
    }

    public static List<TokenLogprobs> logprobs(List<io.jynamo.runtime.wire.v1.TokenLogprobs> messages) {
        if (messages.isEmpty()) {
            return List.of();
        }
        List<TokenLogprobs> told = new ArrayList<>(messages.size());
        for (var message : messages) {
            int count = Math.min(message.getTopTokensCount(), message.getTopLogprobsCount());
            int[] tokens = new int[count];
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                tokens[i] = message.getTopTokens(i);
                values[i] = message.getTopLogprobs(i);
            }
            told.add(new TokenLogprobs(message.getToken(), message.getLogprob(), tokens, values));
        }
        return told;
    }

    private static io.jynamo.runtime.wire.v1.TokenLogprobs message(TokenLogprobs one) {
        var message = io.jynamo.runtime.wire.v1.TokenLogprobs.newBuilder()
                .setToken(one.token())
                .setLogprob(one.logprob());
        for (int i = 0; i < one.topTokens().length; i++) {
            message.addTopTokens(one.topTokens()[i]).addTopLogprobs(one.topLogprobs()[i]);
        }
        return message.build();
    }

    static Failure message(GenerationEnd.Failure failure) {
        Failure.Builder message =
                Failure.newBuilder().setCode(failure.code().id()).setMessage(failure.message());
        if (failure.retryAfter() != null) {
            message.setRetryAfterMillis(Math.max(0, failure.retryAfter().toMillis()));
        }
        if (failure.param() != null) {
            message.setParam(failure.param());
        }
        return message.build();
    }

    private static GenerationEnd.Failure failure(Failure message) {
        return new GenerationEnd.Failure(
                code(message.getCode()),
                message.getMessage(),
                message.hasRetryAfterMillis()
                        ? Duration.ofMillis(Math.clamp(message.getRetryAfterMillis(), 0, Integer.MAX_VALUE))
                        : null,
                message.hasParam() ? message.getParam() : null);
    }

    private static Finish finish(FinishReason reason) {
        return switch (reason) {
            case STOP -> Finish.STOP;
            case LENGTH -> Finish.LENGTH;
            case CANCELLED -> Finish.CANCELLED;
            case ERROR -> Finish.ERROR;
        };
    }

    private static @Nullable FinishReason finish(Finish message) {
        return switch (message) {
            case NOT_FINISHED -> null;
            case STOP -> FinishReason.STOP;
            case LENGTH -> FinishReason.LENGTH;
            case CANCELLED -> FinishReason.CANCELLED;
            case ERROR, UNRECOGNIZED -> FinishReason.ERROR;
        };
    }
}
