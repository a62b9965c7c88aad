package io.jynamo.engine.sglang;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedEngine;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.JoinedServer;
import io.jynamo.engine.attached.Json;
import io.jynamo.engine.attached.ServedModel;
import io.jynamo.engine.attached.TestRequest;
import io.jynamo.engine.openai.ServerCard;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.util.EnumSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * A running SGLang as an engine: token ids in and out by its native {@code /generate}.
 *
 * <p>One prompt with an id outside its vocabulary ends the whole of an SGLang 0.5.23, and it does not tell how large its
 * vocabulary is, so the options must.
 */
public final class SglangEngine extends AttachedEngine {
    private static final Set<Capability> CAN = Set.copyOf(EnumSet.of(
            Capability.TOKEN_INPUT,
            Capability.TOKEN_OUTPUT,
            Capability.COMPLETIONS,
            Capability.LOGPROBS,
            Capability.PROMPT_LOGPROBS,
            Capability.CHOICES,
            Capability.TOP_K,
            Capability.MIN_P,
            Capability.REPETITION_PENALTY,
            Capability.PENALTIES,
            Capability.LOGIT_BIAS,
            Capability.MIN_TOKENS,
            Capability.STOP_TOKEN_IDS,
            Capability.IGNORE_EOS,
            Capability.CACHE_SALT,
            Capability.CANCEL,
            Capability.JSON_OUTPUT,
            Capability.REGEX_OUTPUT,
            Capability.CHOICE_OUTPUT,
            Capability.GRAMMAR_OUTPUT));

    private SglangEngine(WorkerId id, AttachOptions options, JoinedServer server) {
        super(id, options, server);
    }

    /**
     * Joins a running SGLang.
     *
     * @throws JynamoException if it does not answer ({@code WORKER_LOST}), is no SGLang, or the options do not say how large
     *     its vocabulary is ({@code INVALID_CONFIGURATION})
     */
    public static SglangEngine attach(WorkerId id, AttachOptions options) {
        EngineHttp http = new EngineHttp(options);
        try {
            ServedModel model = ServedModel.find(http, options);
            if (!model.owner().equals("sglang")) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "the engine at " + http.url() + " is no SGLang: its model is owned by '" + model.owner()
                                + "'; attach it as an OpenAI-compatible server");
            }
            if (options.card().vocabularySize() == null) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "SGLang at " + http.url() + " does not tell how large its vocabulary is, and one id outside it"
                                + " ends the whole engine; give the vocabulary's size");
            }
            JsonNode server = serverInfo(http, options);
            boolean lowerFirst =
                    server.path("schedule_low_priority_values_first").asBoolean(false);
            generateOne(http, options, new SglangDialect(http.url(), model.name(), CAN, lowerFirst, options.rank()));
            ModelCard card = card(http, model, options, server);
            SglangDialect dialect =
                    new SglangDialect(http.url(), model.name(), card.capabilities(), lowerFirst, options.rank());
            return new SglangEngine(id, options, new JoinedServer(http, model, card, dialect));
        } catch (RuntimeException e) {
            http.close();
            throw e;
        }
    }

    /** What the server says of its settings, under the name of this version or the one before. */
    static JsonNode serverInfo(EngineHttp http, AttachOptions options) {
        for (String path : new String[] {"/server_info", "/get_server_info"}) {
            EngineHttp.Page page = http.get(path, options.probeLimit());
            JsonNode told = page.ok() ? Json.tryTree(page.text()) : null;
            if (told != null) {
                return told;
            }
        }
        return MissingNode.getInstance();
    }

    private static void generateOne(EngineHttp http, AttachOptions options, SglangDialect dialect) {
        GenerationRequest one =
                GenerationRequest.of(new RequestId("attach"), TokenIds.of(1), Sampling.GREEDY, Stopping.after(1));
        TestRequest asked = TestRequest.send(http, dialect.path(one), dialect.body(one), dialect.reader(one), options);
        if (!asked.worked()) {
            throw new JynamoException(
                    asked.failure() == null
                            ? ErrorCode.WORKER_LOST
                            : asked.failure().code(),
                    "the engine at " + http.url() + " gave no token by " + dialect.path(one)
                            + (asked.failure() == null
                                    ? ""
                                    : ": " + asked.failure().message()));
        }
    }

    /** What it says that the model understands, which the options may know better. */
    private static ModelCard withMedia(EngineHttp http, AttachOptions options, ModelCard card) {
        EngineHttp.Page page = http.get("/model_info", options.probeLimit());
        JsonNode info = page.ok() ? Json.tryTree(page.text()) : null;
        if (info == null || options.card().modalities() != null) {
            return card;
        }
        return card.withModalities(ServerCard.modalities(
                info.path("has_image_understanding").asBoolean(false),
                info.path("has_audio_understanding").asBoolean(false)));
    }

    private static ModelCard card(EngineHttp http, ServedModel model, AttachOptions options, JsonNode server) {
        Set<Capability> can = EnumSet.copyOf(CAN);
        if (server.path("enable_priority_scheduling").asBoolean(false)) {
            can.add(Capability.PRIORITY);
        }
        if (server.path("enable_deterministic_inference").asBoolean(false)) {
            can.add(Capability.SEED); // without that flag it takes seeds and draws as it likes
        }
        if (!server.path("reasoning_parser").asString("").isEmpty()) {
            can.add(Capability.THINKING_FIRST); // the tag that ends reasoning is known to it by its parser alone
        }
        ModelCard plain = withMedia(http, options, ServerCard.plain(http.url(), model, options, can));
        int page = Json.findInt(server, "page_size").orElse(0);
        int tokens = Json.findInt(server, "max_total_num_tokens").orElse(0);
        if (page < 1 || tokens < page) {
            return plain;
        }
        JsonNode own = server.path("internal_states").path(options.rank() == null ? 0 : options.rank());
        int sequences = Json.findInt(own, "effective_max_running_requests_per_dp")
                .orElseGet(() -> Json.findInt(server, "max_running_requests").orElse(plain.maxSequences()));
        // A page of one token is SGLang's default; blocks of 16 are counted instead, as nobody hashes single tokens.
        int block = page == 1 ? plain.blockTokens() : page;
        return ServerCard.finish(
                options, ServerCard.withBlocks(plain, block, Math.max(1, tokens / block), Math.max(1, sequences)));
    }
}
