package io.jynamo.engine.sglang;

import static io.jynamo.protocol.GenerationRequest.NO_LOGPROBS;

import io.jynamo.engine.attached.AnswerReader;
import io.jynamo.engine.attached.EngineDialect;
import io.jynamo.engine.attached.Json;
import io.jynamo.engine.attached.LoadMetrics;
import io.jynamo.engine.attached.LoadSample;
import io.jynamo.engine.attached.PrometheusText;
import io.jynamo.engine.attached.SchemaJson;
import io.jynamo.engine.openai.CompletionsDialect;
import io.jynamo.engine.openai.CompletionsTraits;
import io.jynamo.engine.openai.OutputDialect;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** SGLang's native {@code /generate}. It refuses sampling fields that it does not know, so only needed ones are sent. */
final class SglangDialect implements EngineDialect {
    /** The field that names a data-parallel rank, and its older name; a server passes over what it does not know. */
    static final String RANK = "routed_dp_rank";

    static final String RANK_BEFORE = "data_parallel_rank";

    private static final int ALL = -1;

    private final String engine;
    private final boolean lowerPriorityFirst;
    private final @Nullable Integer rank;
    private final CompletionsDialect chats;

    /**
     * @param model its name at the server
     * @param can what the engine's card says
     * @param rank that requests go to, or null where the server chooses
     */
    SglangDialect(
            String engine, String model, Set<Capability> can, boolean lowerPriorityFirst, @Nullable Integer rank) {
        this.engine = engine;
        this.lowerPriorityFirst = lowerPriorityFirst;
        this.rank = rank;
        chats = new CompletionsDialect(engine, model, CompletionsTraits.sglangChats(can, lowerPriorityFirst), Set.of());
    }

    @Override
    public String path(GenerationRequest request) {
        return request.chat() == null ? "/generate" : chats.path(request);
    }

    @Override
    public List<String> missingBesideMedia(GenerationRequest request) {
        List<String> missing = new ArrayList<>(chats.missingBesideMedia(request));
        if (thinksFirst(request)) {
            missing.add(
                    Capability.THINKING_FIRST.id()); // its own template, not the request, says whether it waits there
        }
        return missing;
    }

    @Override
    public boolean servesAdapters() {
        return true;
    }

    /** Its {@code /health} generates a token each time; this page does not. */
    @Override
    public String healthPath() {
        return "/model_info";
    }

    @Override
    public Optional<String> metricsPath() {
        return Optional.of(LoadMetrics.SGLANG.path());
    }

    @Override
    public Optional<LoadSample> load(PrometheusText metrics) {
        return LoadMetrics.SGLANG.read(metrics);
    }

    @Override
    public AnswerReader reader(GenerationRequest request) {
        return request.chat() == null ? new SglangReader(engine, request) : chats.reader(request);
    }

    @Override
    public byte[] body(GenerationRequest request) {
        if (request.chat() != null) {
            return chats.body(request);
        }
        return Json.object(json -> {
            int[] ids = request.prompt().toArray();
            json.writeName("input_ids");
            json.writeArray(ids, 0, ids.length);
            json.writeName("sampling_params");
            json.writeStartObject();
            writeStopping(json, request.stopping());
            writeSampling(json, request.sampling());
            if (request.choices() > 1) {
                json.writeNumberProperty("n", request.choices());
            }
            if (request.constraint() != null) {
                writeForm(json, request.constraint().form());
            }
            json.writeEndObject();
            json.writeBooleanProperty("stream", true);
            if (thinksFirst(request)) {
                json.writeBooleanProperty("require_reasoning", true);
            }
            writeLogprobs(json, request);
            if (request.priority() != 0) {
                long priority = request.priority();
                json.writeNumberProperty("priority", lowerPriorityFirst ? -priority : priority);
            }
            String salt = request.scope().salt();
            if (salt != null) {
                // Not extra_key: prompts under different ones are announced under the same hashes.
                json.writeStringProperty("cache_salt", salt);
            }
            String adapter = request.scope().lora();
            if (adapter != null) {
                json.writeStringProperty("lora_path", adapter);
            }
            if (rank != null) {
                json.writeNumberProperty(RANK, rank);
                json.writeNumberProperty(RANK_BEFORE, rank);
            }
        });
    }

    /** Reasoning that may be left out is: it would wait for the end of what never began. */
    private static boolean thinksFirst(GenerationRequest request) {
        OutputConstraint constraint = request.constraint();
        return constraint != null && constraint.thinking().begun();
    }

    private static void writeStopping(JsonGenerator json, Stopping stopping) {
        json.writeNumberProperty("max_new_tokens", stopping.maxTokens());
        if (stopping.minTokens() > 0) {
            json.writeNumberProperty("min_new_tokens", stopping.minTokens());
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

    private static void writeSampling(JsonGenerator json, Sampling sampling) {
        json.writeNumberProperty("temperature", sampling.temperature());
        json.writeNumberProperty("top_p", sampling.topP());
        json.writeNumberProperty("top_k", sampling.topK() == 0 ? ALL : sampling.topK());
        json.writeNumberProperty("min_p", sampling.minP());
        json.writeNumberProperty("repetition_penalty", sampling.repetitionPenalty());
        json.writeNumberProperty("presence_penalty", sampling.presencePenalty());
        json.writeNumberProperty("frequency_penalty", sampling.frequencyPenalty());
        if (!sampling.logitBias().isEmpty()) {
            json.writeName("logit_bias");
            json.writeStartObject();
            new TreeMap<>(sampling.logitBias())
                    .forEach((id, bias) -> json.writeNumberProperty(Integer.toString(id), bias));
            json.writeEndObject();
        }
        Long seed = sampling.seed();
        if (seed != null) {
            json.writeNumberProperty("sampling_seed", (seed ^ (seed >>> 32)) & Integer.MAX_VALUE);
        }
    }

    private static void writeForm(JsonGenerator json, OutputConstraint.Form form) {
        switch (form) {
            case OutputConstraint.JsonObject _ -> json.writeStringProperty("json_schema", "{\"type\":\"object\"}");
            case OutputConstraint.JsonSchema schema -> json.writeStringProperty("json_schema", SchemaJson.of(schema));
            case OutputConstraint.Regex(String regex) -> json.writeStringProperty("regex", regex);
            case OutputConstraint.OneOf(List<String> texts) ->
                json.writeStringProperty("regex", OutputDialect.alternatives(texts));
            case OutputConstraint.Grammar(String ebnf) -> json.writeStringProperty("ebnf", ebnf);
            case OutputConstraint.Calls _ ->
                throw new IllegalArgumentException("SGLang has no field for " + form.needs());
        }
    }

    private static void writeLogprobs(JsonGenerator json, GenerationRequest request) {
        boolean ofPrompt = request.promptLogprobs() != NO_LOGPROBS;
        if (request.topLogprobs() == NO_LOGPROBS && !ofPrompt) {
            return;
        }
        json.writeBooleanProperty("return_logprob", true);
        json.writeNumberProperty(
                "top_logprobs_num", Math.max(0, Math.max(request.topLogprobs(), request.promptLogprobs())));
        if (ofPrompt) {
            json.writeNumberProperty("logprob_start_len", 0);
        }
    }
}
