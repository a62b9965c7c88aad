package io.jynamo.engine.openai;

import static io.jynamo.protocol.GenerationRequest.NO_LOGPROBS;

import io.jynamo.engine.attached.AnswerReader;
import io.jynamo.engine.attached.EngineDialect;
import io.jynamo.engine.attached.Json;
import io.jynamo.engine.attached.LoadMetrics;
import io.jynamo.engine.attached.LoadSample;
import io.jynamo.engine.attached.PrometheusText;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * OpenAI's {@code /v1/completions}, with what engines added to it. Every field of the sampling is sent where the server
 * knows it: what is left out, servers fill from files of the model.
 *
 * <p>Nothing of a client's body is ever passed on; fields that move KV blocks between engines ({@code kv_transfer_params})
 * cannot be written here.
 */
public final class CompletionsDialect implements EngineDialect {
    /** Of several tokens as likely, top_k 1 keeps all; a nucleus as small as this has one. */
    private static final float LEAST_TOP_P = 1e-6f;

    private final String engine;
    private final String model;
    private final CompletionsTraits traits;
    private final Set<Integer> eosTokenIds;
    private final MediaDialect media;

    /**
     * @param engine its URL, for messages
     * @param model its name at the server
     * @param eosTokenIds ids that end a sequence, as far as they are known
     */
    public CompletionsDialect(String engine, String model, CompletionsTraits traits, Set<Integer> eosTokenIds) {
        this.engine = engine;
        this.model = model;
        this.traits = traits;
        this.eosTokenIds = Set.copyOf(eosTokenIds);
        media = new MediaDialect(traits);
    }

    @Override
    public String path(GenerationRequest request) {
        return request.chat() == null ? "/v1/completions" : MediaDialect.PATH;
    }

    @Override
    public List<String> missingBesideMedia(GenerationRequest request) {
        return media.missing(request);
    }

    @Override
    public @Nullable String leftOut(OutputConstraint.JsonSchema schema) {
        return traits.output() == OutputDialect.GBNF ? ConvertibleSchema.leftOut(schema.schema()) : null;
    }

    @Override
    public boolean servesAdapters() {
        return traits.adaptersAreModels();
    }

    @Override
    public String healthPath() {
        return traits.healthPath();
    }

    @Override
    public Optional<String> metricsPath() {
        return traits.metrics().map(LoadMetrics::path);
    }

    @Override
    public Optional<LoadSample> load(PrometheusText metrics) {
        return traits.metrics().flatMap(names -> names.read(metrics));
    }

    @Override
    public AnswerReader reader(GenerationRequest request) {
        if (!tellsIds(request)) {
            return CompletionsReader.ofText(engine, request);
        }
        Set<Integer> endings = new HashSet<>(request.stopping().stopTokenIds());
        endings.addAll(eosTokenIds);
        boolean anyLast = traits.idsAsked() == CompletionsTraits.IdsAsked.BESIDE_TEXT;
        return CompletionsReader.ofIds(engine, request, id -> anyLast || endings.contains(id));
    }

    @Override
    public byte[] body(GenerationRequest request) {
        return Json.object(json -> {
            String adapter = request.scope().lora();
            json.writeStringProperty("model", adapter == null ? model : adapter);
            MediaChat chat = request.chat();
            if (chat == null) {
                writePrompt(json, request);
            } else {
                media.write(json, chat, request.scope().salt());
            }
            json.writeBooleanProperty("stream", true);
            json.writeName("stream_options");
            json.writeStartObject();
            json.writeBooleanProperty("include_usage", true);
            json.writeEndObject();
            writeStopping(json, request.stopping(), chat != null && chat.untilContext());
            writeSampling(json, request);
            writeLogprobs(json, request);
            if (tellsIds(request)) {
                switch (traits.idsAsked()) {
                    case BESIDE_TEXT -> json.writeBooleanProperty("return_token_ids", true);
                    case INSTEAD_OF_TEXT -> json.writeBooleanProperty("detokenize", false);
                }
            }
            if (request.choices() > 1) {
                json.writeNumberProperty("n", request.choices());
            }
            if (request.priority() != 0) {
                int priority = request.priority();
                json.writeNumberProperty("priority", traits.lowerPriorityFirst() ? -(long) priority : priority);
            }
            String salt = request.scope().salt();
            if (salt != null) {
                json.writeStringProperty("cache_salt", salt);
            }
            if (request.constraint() != null) {
                traits.output().write(json, request.constraint().form());
            }
        });
    }

    private void writePrompt(JsonGenerator json, GenerationRequest request) {
        json.writeName("prompt");
        if (traits.can(Capability.TOKEN_INPUT)) {
            int[] ids = request.prompt().toArray();
            json.writeArray(ids, 0, ids.length);
        } else {
            json.writeString(request.text());
        }
    }

    private boolean tellsIds(GenerationRequest request) {
        return request.chat() == null ? traits.can(Capability.TOKEN_OUTPUT) : media.tellsIds();
    }

    private static void writeStopping(JsonGenerator json, Stopping stopping, boolean untilContext) {
        if (!untilContext) {
            json.writeNumberProperty("max_tokens", stopping.maxTokens());
        }
        if (stopping.minTokens() > 0) {
            json.writeNumberProperty("min_tokens", stopping.minTokens());
        }
        if (!stopping.stopTokenIds().isEmpty()) {
            json.writeName("stop_token_ids");
            json.writeStartArray();
            new TreeSet<>(stopping.stopTokenIds()).forEach(json::writeNumber);
            json.writeEndArray();
        }
        if (stopping.ignoreEos()) {
            json.writeBooleanProperty("ignore_eos", true);
        }
    }

    private void writeSampling(JsonGenerator json, GenerationRequest request) {
        Sampling sampling = request.sampling();
        boolean drawsOne = sampling.isGreedy() && request.choices() > 1 && traits.refusesGreedyChoices();
        json.writeNumberProperty("temperature", drawsOne ? 1f : sampling.temperature());
        json.writeNumberProperty("top_p", drawsOne ? LEAST_TOP_P : sampling.topP());
        if (traits.can(Capability.TOP_K)) {
            json.writeNumberProperty("top_k", drawsOne ? 1 : topK(sampling));
        }
        if (traits.can(Capability.MIN_P)) {
            json.writeNumberProperty("min_p", drawsOne ? 0f : sampling.minP());
        }
        if (traits.can(Capability.REPETITION_PENALTY)) {
            json.writeNumberProperty(traits.repetitionField(), sampling.repetitionPenalty());
        }
        if (traits.can(Capability.PENALTIES)) {
            json.writeNumberProperty("presence_penalty", sampling.presencePenalty());
            json.writeNumberProperty("frequency_penalty", sampling.frequencyPenalty());
        }
        if (!sampling.logitBias().isEmpty()) {
            json.writeName("logit_bias");
            json.writeStartObject();
            new TreeMap<>(sampling.logitBias())
                    .forEach((id, bias) -> json.writeNumberProperty(Integer.toString(id), bias));
            json.writeEndObject();
        }
        Long seed = sampling.seed();
        if (seed != null && traits.can(Capability.SEED)) {
            json.writeNumberProperty("seed", fold(seed));
        }
    }

    private int topK(Sampling sampling) {
        return sampling.topK() == 0 ? traits.chats().allTopK() : sampling.topK();
    }

    /** Another number of as many bits as the server takes; equal seeds stay equal. */
    private long fold(long seed) {
        long mask = (1L << traits.seedBits()) - 1;
        return traits.seedBits() >= 63 ? seed & mask : (seed ^ (seed >>> 32)) & mask;
    }

    private void writeLogprobs(JsonGenerator json, GenerationRequest request) {
        boolean ofPrompt = request.promptLogprobs() != NO_LOGPROBS;
        if (request.topLogprobs() == NO_LOGPROBS && !ofPrompt) {
            return;
        }
        int most = Math.max(request.topLogprobs(), request.promptLogprobs());
        if (request.chat() != null) {
            json.writeBooleanProperty("logprobs", true);
            json.writeNumberProperty("top_logprobs", most);
            json.writeBooleanProperty("return_tokens_as_token_ids", true);
            return;
        }
        json.writeNumberProperty("logprobs", Math.max(most, traits.leastLogprobs()));
        json.writeBooleanProperty("return_tokens_as_token_ids", true);
        if (ofPrompt) {
            json.writeBooleanProperty("echo", true);
        }
    }
}
