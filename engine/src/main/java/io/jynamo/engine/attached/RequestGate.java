package io.jynamo.engine.attached;

import static io.jynamo.protocol.GenerationRequest.NO_LOGPROBS;

import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps from an engine what it cannot do or must not be sent: what its card does not name is refused by name, and ids that
 * it does not have are not tried out (one of them ends a whole SGLang).
 */
final class RequestGate {
    private static final int MOST_LOGPROBS = 20;

    private final ModelCard card;
    private final EngineDialect dialect;

    RequestGate(ModelCard card, EngineDialect dialect) {
        this.card = card;
        this.dialect = dialect;
    }

    /** Why the request is refused, or null if it is not. */
    GenerationEnd.@Nullable Failure refusal(GenerationRequest request) {
        List<String> missing = missing(request);
        if (!missing.isEmpty()) {
            return failure(
                    ErrorCode.UNSUPPORTED_PARAMETER,
                    "the engine of " + card.name() + " cannot do what the request asks for: "
                            + String.join(", ", missing));
        }
        if (!card.can(Capability.TOKEN_INPUT) && request.text() == null && request.chat() == null) {
            return failure(
                    ErrorCode.INVALID_REQUEST, "text is missing: the engine of " + card.name() + " takes no token ids");
        }
        int prompt = request.prompt().count();
        if (prompt >= card.maxModelLen()) {
            return failure(
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    "the prompt has " + prompt + " tokens and the context is " + card.maxModelLen()
                            + ", which must hold at least one token of output too; shorten the prompt");
        }
        String invalid = invalidSchema(request);
        if (invalid != null) {
            return GenerationEnd.Failure.ofConstraint(ErrorCode.INVALID_REQUEST, invalid);
        }
        invalid = invalidChat(request);
        if (invalid == null) {
            invalid = invalid(request);
        }
        return invalid == null ? null : failure(ErrorCode.INVALID_REQUEST, invalid);
    }

    /** The request with no more output than the context holds, as engines of ours have it. */
    GenerationRequest fitted(GenerationRequest request) {
        Stopping stopping = request.stopping();
        int room = card.maxModelLen() - request.prompt().count();
        if (stopping.maxTokens() <= room || room < 1) {
            return request;
        }
        return request.withStopping(new Stopping(
                room, Math.min(stopping.minTokens(), room), stopping.stopTokenIds(), stopping.ignoreEos()));
    }

    private List<String> missing(GenerationRequest request) {
        Sampling sampling = request.sampling();
        Stopping stopping = request.stopping();
        List<String> missing = new ArrayList<>();
        need(missing, Capability.CHOICES, request.choices() > 1);
        need(missing, Capability.LOGPROBS, request.topLogprobs() != NO_LOGPROBS);
        need(missing, Capability.PROMPT_LOGPROBS, request.promptLogprobs() != NO_LOGPROBS);
        need(missing, Capability.SEED, sampling.seed() != null && !sampling.isGreedy());
        need(missing, Capability.TOP_K, sampling.topK() != 0);
        need(missing, Capability.MIN_P, sampling.minP() != 0);
        need(missing, Capability.REPETITION_PENALTY, sampling.repetitionPenalty() != 1);
        need(missing, Capability.PENALTIES, penalizes(sampling));
        need(missing, Capability.LOGIT_BIAS, !sampling.logitBias().isEmpty());
        need(missing, Capability.MIN_TOKENS, stopping.minTokens() > 0);
        need(missing, Capability.STOP_TOKEN_IDS, !stopping.stopTokenIds().isEmpty());
        need(missing, Capability.IGNORE_EOS, stopping.ignoreEos());
        need(missing, Capability.PRIORITY, request.priority() != 0);
        need(missing, Capability.CACHE_SALT, request.scope().salt() != null);
        OutputConstraint constraint = request.constraint();
        if (constraint != null) {
            need(missing, constraint.needs(), true);
            need(missing, Capability.COMPACT_OUTPUT, constraint.form().compact());
            need(missing, Capability.THINKING_FIRST, constraint.thinking().begun());
            // It would begin its text anew.
            need(missing, Capability.RESUME, request.resumption().outputTokens() > 0);
        }
        if (request.scope().lora() != null && !dialect.servesAdapters()) {
            missing.add("lora");
        }
        // Without penalties and seeds, going on is the same as beginning with a longer prompt.
        need(
                missing,
                Capability.RESUME,
                request.resumption().outputTokens() > 0
                        && (penalizes(sampling) || (sampling.seed() != null && !sampling.isGreedy())));
        MediaChat chat = request.chat();
        if (chat != null) {
            missing.addAll(besideMedia(request, chat));
        }
        return missing;
    }

    private List<String> besideMedia(GenerationRequest request, MediaChat chat) {
        List<String> missing = new ArrayList<>();
        for (Modality modality : chat.modalities()) {
            if (!card.reads(modality)) {
                missing.add(modality.id());
            }
        }
        if (request.resumption().outputTokens() > 0) {
            missing.add("going on with output already drawn beside media");
        }
        for (String name : dialect.missingBesideMedia(request)) {
            missing.add(name + " beside media");
        }
        return missing;
    }

    private void need(List<String> missing, Capability capability, boolean asked) {
        if (asked && !card.can(capability)) {
            missing.add(capability.id());
        }
    }

    private static boolean penalizes(Sampling sampling) {
        return sampling.presencePenalty() != 0 || sampling.frequencyPenalty() != 0;
    }

    private @Nullable String invalidSchema(GenerationRequest request) {
        OutputConstraint constraint = request.constraint();
        try {
            if (constraint != null && constraint.form() instanceof OutputConstraint.JsonSchema schema) {
                SchemaJson.of(schema);
                return dialect.leftOut(schema);
            }
        } catch (JynamoException wrong) {
            return wrong.getMessage();
        }
        return null;
    }

    private static @Nullable String invalidChat(GenerationRequest request) {
        MediaChat chat = request.chat();
        try {
            if (chat != null) {
                ChatJson.check(chat);
            }
        } catch (JynamoException wrong) {
            return wrong.getMessage();
        }
        return null;
    }

    private @Nullable String invalid(GenerationRequest request) {
        if (request.choices() > card.maxSequences()) {
            return "n is " + request.choices() + " and this worker runs at most " + card.maxSequences()
                    + " sequences at once";
        }
        if (request.topLogprobs() > MOST_LOGPROBS || request.promptLogprobs() > MOST_LOGPROBS) {
            return "at most " + MOST_LOGPROBS + " alternatives per token can be reported";
        }
        TokenIds prompt = request.prompt();
        for (int i = 0; i < prompt.count(); i++) {
            if (isForeign(prompt.at(i))) {
                return "prompt token " + i + " is " + prompt.at(i) + ", outside the vocabulary of "
                        + card.vocabularySize();
            }
        }
        for (int id : request.stopping().stopTokenIds()) {
            if (isForeign(id)) {
                return "stop_token_ids names " + id + ", outside the vocabulary of " + card.vocabularySize();
            }
        }
        for (var bias : request.sampling().logitBias().entrySet()) {
            if (isForeign(bias.getKey()) || !Float.isFinite(bias.getValue())) {
                return "logit_bias names token " + bias.getKey() + " with " + bias.getValue()
                        + "; ids must be within the vocabulary of " + card.vocabularySize() + ", values numbers";
            }
        }
        return null;
    }

    private boolean isForeign(int id) {
        return id < 0 || id >= card.vocabularySize();
    }

    private static GenerationEnd.Failure failure(ErrorCode code, String message) {
        return new GenerationEnd.Failure(code, message);
    }
}
