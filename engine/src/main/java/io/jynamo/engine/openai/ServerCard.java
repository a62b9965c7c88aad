package io.jynamo.engine.openai;

import io.jynamo.engine.KvEventSource;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.Json;
import io.jynamo.engine.attached.PrometheusText;
import io.jynamo.engine.attached.ServedModel;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.ModelCard;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Makes a model's card from what its server tells. */
public final class ServerCard {
    /** Of a vocabulary that is not known no id is refused here; the server refuses what it does not have. */
    private static final int ANY_ID = Integer.MAX_VALUE;

    private static final int BLOCK_TOKENS = 16;
    private static final int SEQUENCES = 256;
    private static final int BATCHED_TOKENS = 8192;

    private ServerCard() {}

    /**
     * The card of a server of which no more is known than {@code /v1/models} and the options say.
     *
     * @throws JynamoException where neither says how long the context is
     */
    public static ModelCard plain(String url, ServedModel model, AttachOptions options, Set<Capability> can) {
        Integer overridden = options.card().maxModelLen();
        OptionalInt told = model.maxModelLen();
        if (overridden == null && told.isEmpty()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the engine at " + url + " does not say how long the context of " + model.name()
                            + " is; give its max-model-len");
        }
        int context = overridden == null ? told.orElseThrow() : overridden;
        int blocks = blocks((long) context * SEQUENCES);
        return finish(
                options,
                new ModelCard(
                        model.name(),
                        "unknown",
                        ANY_ID,
                        context,
                        context,
                        BLOCK_TOKENS,
                        blocks,
                        BATCHED_TOKENS,
                        SEQUENCES,
                        Set.of(),
                        null,
                        can));
    }

    /** The card of a vLLM, whose blocks its metrics show. */
    public static ModelCard vllm(EngineHttp http, ServedModel model, AttachOptions options, Set<Capability> can) {
        ModelCard plain = plain(http.url(), model, options, can);
        EngineHttp.Page page = http.get("/metrics", options.probeLimit());
        int block = 0;
        long blocks = 0;
        PrometheusText metrics = PrometheusText.parse(page.ok() ? page.text() : "");
        Integer rank = options.rank();
        for (PrometheusText.Sample engine :
                (rank == null ? metrics : metrics.ofRank(rank)).samples("vllm:cache_config_info")) {
            block = number(engine.labels(), "block_size");
            // Ranks of one server have a pool each.
            blocks += number(engine.labels(), "num_gpu_blocks");
        }
        if (block < 1 || blocks < 1) {
            return plain;
        }
        return finish(
                options, withBlocks(plain, block, (int) Math.min(Integer.MAX_VALUE, blocks), plain.maxSequences()));
    }

    /** The card of a llama.cpp server, whose places share one context. */
    public static ModelCard llamaCpp(EngineHttp http, ServedModel model, AttachOptions options, Set<Capability> can) {
        EngineHttp.Page page = http.get("/props", options.probeLimit());
        JsonNode props = page.ok() ? Json.tryTree(page.text()) : null;
        JsonNode meta = model.entry().path("meta");
        OptionalInt context =
                props == null ? OptionalInt.empty() : Json.findInt(props.path("default_generation_settings"), "n_ctx");
        if (props == null || context.isEmpty()) {
            return plain(http.url(), model, options, can);
        }
        int slots = Math.max(1, Json.findInt(props, "total_slots").orElse(1));
        int blocks = blocks((long) context.getAsInt() * slots);
        return finish(
                options,
                new ModelCard(
                        model.name(),
                        "unknown",
                        Json.findInt(meta, "n_vocab").orElse(ANY_ID),
                        context.getAsInt(),
                        Json.findInt(meta, "n_ctx_train").orElse(context.getAsInt()),
                        BLOCK_TOKENS,
                        blocks,
                        BATCHED_TOKENS,
                        slots,
                        Set.of(),
                        null,
                        can,
                        null,
                        modalities(
                                props.at("/modalities/vision").asBoolean(false),
                                props.at("/modalities/audio").asBoolean(false))));
    }

    /** Text, and what a server says of media. */
    public static Set<Modality> modalities(boolean images, boolean audio) {
        Set<Modality> read = EnumSet.of(Modality.TEXT);
        if (images) {
            read.add(Modality.IMAGE);
        }
        if (audio) {
            read.add(Modality.AUDIO);
        }
        return read;
    }

    /** The same card with the engine's real blocks and places. */
    public static ModelCard withBlocks(ModelCard card, int blockTokens, int blocks, int sequences) {
        return new ModelCard(
                card.name(),
                card.architecture(),
                card.vocabularySize(),
                card.maxModelLen(),
                card.trainedContextLength(),
                blockTokens,
                blocks,
                card.maxBatchedTokens(),
                sequences,
                card.eosTokenIds(),
                card.bosTokenId(),
                card.capabilities(),
                card.encoding(),
                card.modalities());
    }

    /** What the options know better, in capabilities too; events are told by whoever has a source of them. */
    public static ModelCard finish(AttachOptions options, ModelCard card) {
        Set<Capability> can = EnumSet.copyOf(card.capabilities());
        can.addAll(options.granted());
        can.removeAll(options.denied());
        if (options.kvEvents().equals(KvEventSource.NONE)) {
            can.remove(Capability.KV_EVENTS);
        } else {
            can.add(Capability.KV_EVENTS);
        }
        return options.card()
                .apply(new ModelCard(
                        card.name(),
                        card.architecture(),
                        card.vocabularySize(),
                        card.maxModelLen(),
                        card.trainedContextLength(),
                        card.blockTokens(),
                        card.totalBlocks(),
                        card.maxBatchedTokens(),
                        card.maxSequences(),
                        card.eosTokenIds(),
                        card.bosTokenId(),
                        can,
                        card.encoding(),
                        card.modalities()));
    }

    private static int blocks(long tokens) {
        return Math.clamp(tokens / BLOCK_TOKENS, 1, Integer.MAX_VALUE);
    }

    private static int number(Map<String, String> labels, String name) {
        try {
            return Integer.parseInt(labels.getOrDefault(name, "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
