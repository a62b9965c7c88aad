package io.jynamo.engine.openai;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.JoinedServer;
import io.jynamo.engine.attached.LoadMetrics;
import io.jynamo.engine.attached.PrometheusText;
import io.jynamo.engine.attached.ServedModel;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.ModelCard;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A server behind {@code /v1/completions}, found out: which kind it is, what it can do, what it serves.
 *
 * @param model what it is asked for
 * @param card what it serves, with what the options know better
 * @param dialect how it is spoken to
 */
public record CompletionsServer(ServedModel model, ModelCard card, CompletionsDialect dialect) {
    /**
     * Asks a running server.
     *
     * @throws JynamoException if it does not answer ({@code WORKER_LOST}), still loads ({@code NOT_READY}) or is not what
     *     the options say
     */
    public static CompletionsServer find(EngineHttp http, AttachOptions options) {
        ServedModel model = ServedModel.find(http, options);
        CompletionsTraits traits = traits(http, model, options);
        ModelCard card = card(http, model, options, traits);
        CompletionsTraits known = traits.withCapabilities(card.capabilities());
        return new CompletionsServer(
                model, card, new CompletionsDialect(http.url(), model.name(), known, card.eosTokenIds()));
    }

    /** With the connections it was found by. */
    public JoinedServer joined(EngineHttp http) {
        return new JoinedServer(http, model, card, dialect);
    }

    private static CompletionsTraits traits(EngineHttp http, ServedModel model, AttachOptions options) {
        CompletionsProbe probe = new CompletionsProbe(http, model.name(), options);
        switch (model.owner()) {
            case "llamacpp" -> {
                probe.requireToken();
                return withPages(CompletionsTraits.LLAMA_CPP, http, options);
            }
            case "vllm" -> {
                return withPages(known(probe, CompletionsTraits.VLLM), http, options);
            }
            case "tensorrt_llm" -> {
                return withPages(known(probe, CompletionsTraits.TRTLLM), http, options);
            }
            case "sglang" -> {
                if (options.card().vocabularySize() == null) {
                    throw new JynamoException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "the engine at " + http.url()
                                    + " is SGLang, which one token id outside its vocabulary ends,"
                                    + " and does not tell its vocabulary; give its size");
                }
            }
            default -> {}
        }
        return withPages(CompletionsTraits.PLAIN.withCapabilities(probe.find()), http, options);
    }

    /** A known kind of server; old versions of all of them tell no ids. */
    private static CompletionsTraits known(CompletionsProbe probe, CompletionsTraits traits) {
        probe.requireToken();
        if (probe.tellsIds(true, traits.idsAsked())) {
            return traits;
        }
        Set<Capability> can = EnumSet.copyOf(traits.can());
        can.remove(Capability.TOKEN_OUTPUT);
        can.remove(Capability.PROMPT_LOGPROBS);
        return traits.withCapabilities(can);
    }

    private static ModelCard card(EngineHttp http, ServedModel model, AttachOptions options, CompletionsTraits traits) {
        return switch (model.owner()) {
            case "llamacpp" -> ServerCard.llamaCpp(http, model, options, traits.can());
            case "vllm" -> ServerCard.vllm(http, model, options, traits.can());
            default -> ServerCard.plain(http.url(), model, options, traits.can());
        };
    }

    /** Takes those pages that are there; many servers have no metrics, some no health. */
    private static CompletionsTraits withPages(CompletionsTraits traits, EngineHttp http, AttachOptions options) {
        String health = http.get("/health", options.probeLimit()).ok() ? "/health" : "/v1/models";
        EngineHttp.Page page = http.get("/metrics", options.probeLimit());
        PrometheusText metrics = PrometheusText.parse(page.ok() ? page.text() : "");
        Optional<LoadMetrics> found = List.of(LoadMetrics.VLLM, LoadMetrics.SGLANG, LoadMetrics.LLAMA_CPP).stream()
                .filter(names -> names.read(metrics).isPresent())
                .findFirst();
        return traits.withPages(health, found);
    }
}
