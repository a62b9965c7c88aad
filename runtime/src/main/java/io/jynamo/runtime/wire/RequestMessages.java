package io.jynamo.runtime.wire;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.runtime.wire.v1.Start;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/** A generation request as the message that starts it, and back. */
public final class RequestMessages {
    private RequestMessages() {}

    /**
     * The message of a request.
     *
     * @param stream the number the session knows it by
     */
    public static Start message(int stream, GenerationRequest request) {
        Start.Builder start = Start.newBuilder()
                .setStream(stream)
                .setRequestId(request.id().value())
                .setSampling(message(request.sampling()))
                .setStopping(message(request.stopping()))
                .setChoices(request.choices())
                .setPriority(request.priority())
                .setTimeLimitMillis(Math.max(1, request.timeLimit().toMillis()))
                .setCredit(request.credit() == GenerationRequest.UNLIMITED_CREDIT ? 0 : request.credit())
                .setResumedTokens(request.resumption().outputTokens())
                .setFirstChoice(request.resumption().firstChoice());
        TokenIds prompt = request.prompt();
        for (int i = 0; i < prompt.count(); i++) {
            start.addPrompt(prompt.at(i));
        }
        if (request.scope().lora() != null) {
            start.setLora(request.scope().lora());
        }
        if (request.scope().salt() != null) {
            start.setSalt(request.scope().salt());
        }
        if (request.topLogprobs() != GenerationRequest.NO_LOGPROBS) {
            start.setTopLogprobs(request.topLogprobs());
        }
        if (request.promptLogprobs() != GenerationRequest.NO_LOGPROBS) {
            start.setPromptLogprobs(request.promptLogprobs());
        }
        if (request.text() != null) {
            start.setText(request.text());
        }
        if (request.constraint() != null) {
            start.setConstraint(ConstraintMessages.message(request.constraint()));
        }
        if (request.chat() != null) {
            start.setChat(MediaMessages.message(request.chat()));
        }
        return start.build();
    }

    /**
     * The request of a message to a worker of such a model.
     *
     * @throws JynamoException UNSUPPORTED_PARAMETER for media that the model does not read; INVALID_REQUEST
     */
    public static GenerationRequest request(Start start, ModelCard card) {
        GenerationRequest request = request(start);
        MediaChat chat = request.chat();
        for (Modality modality : chat == null ? Set.<Modality>of() : chat.modalities()) {
            if (!card.reads(modality)) {
                throw new JynamoException(
                        ErrorCode.UNSUPPORTED_PARAMETER,
                        "the model of this worker does not read " + modality.id() + ", which the request has");
            }
        }
        return request;
    }

    /**
     * The request of a message.
     *
     * @throws JynamoException INVALID_REQUEST, saying which field cannot be
     */
    public static GenerationRequest request(Start start) {
        try {
            return new GenerationRequest(
                    new RequestId(start.getRequestId()),
                    ids(start.getPromptCount(), start::getPrompt),
                    sampling(start.getSampling()),
                    stopping(start.getStopping()),
                    new CacheScope(start.hasLora() ? start.getLora() : null, start.hasSalt() ? start.getSalt() : null),
                    start.getChoices(),
                    start.hasTopLogprobs() ? counted(start.getTopLogprobs()) : GenerationRequest.NO_LOGPROBS,
                    start.hasPromptLogprobs() ? counted(start.getPromptLogprobs()) : GenerationRequest.NO_LOGPROBS,
                    start.getPriority(),
                    Duration.ofMillis(Math.clamp(start.getTimeLimitMillis(), 1, Integer.MAX_VALUE)),
                    start.getCredit() == 0 ? GenerationRequest.UNLIMITED_CREDIT : start.getCredit(),
                    new Resumption(start.getResumedTokens(), start.getFirstChoice()),
                    start.hasText() ? start.getText() : null,
                    start.hasConstraint() ? ConstraintMessages.constraint(start.getConstraint()) : null,
                    start.hasChat() ? MediaMessages.chat(start.getChat()) : null);
        } catch (IllegalArgumentException impossible) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "the request contradicts itself: " + impossible.getMessage(),
                    impossible);
        }
    }

    private static io.jynamo.runtime.wire.v1.Sampling message(Sampling sampling) {
        var message = io.jynamo.runtime.wire.v1.Sampling.newBuilder()
                .setTemperature(sampling.temperature())
                .setTopP(sampling.topP())
                .setTopK(sampling.topK())
                .setMinP(sampling.minP())
                .setRepetitionPenalty(sampling.repetitionPenalty())
                .setPresencePenalty(sampling.presencePenalty())
                .setFrequencyPenalty(sampling.frequencyPenalty());
        sampling.logitBias().forEach(message::putLogitBias);
        if (sampling.seed() != null) {
            message.setSeed(sampling.seed());
        }
        return message.build();
    }

    private static Sampling sampling(io.jynamo.runtime.wire.v1.Sampling message) {
        Map<Integer, Float> bias = new HashMap<>(message.getLogitBiasMap());
        return new Sampling(
                message.getTemperature(),
                message.getTopP(),
                message.getTopK(),
                message.getMinP(),
                message.getRepetitionPenalty(),
                message.getPresencePenalty(),
                message.getFrequencyPenalty(),
                bias,
                message.hasSeed() ? message.getSeed() : null);
    }

    private static io.jynamo.runtime.wire.v1.Stopping message(Stopping stopping) {
        return io.jynamo.runtime.wire.v1.Stopping.newBuilder()
                .setMaxTokens(stopping.maxTokens())
                .setMinTokens(stopping.minTokens())
                .addAllStopTokenIds(stopping.stopTokenIds())
                .setIgnoreEos(stopping.ignoreEos())
                .build();
    }

    private static Stopping stopping(io.jynamo.runtime.wire.v1.Stopping message) {
        Set<Integer> ids = new HashSet<>(message.getStopTokenIdsList());
        return new Stopping(message.getMaxTokens(), message.getMinTokens(), ids, message.getIgnoreEos());
    }

    /** So many ids, each asked for by its index: without a box for each. */
    static TokenIds ids(int count, IntUnaryOperator at) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = at.applyAsInt(i);
        }
        return TokenIds.of(ids);
    }

    private static int counted(int value) {
        if (value < 0) {
            throw new IllegalArgumentException(
                    "a number of log probabilities is too large: " + Integer.toUnsignedString(value));
        }
        return value;
    }
}
