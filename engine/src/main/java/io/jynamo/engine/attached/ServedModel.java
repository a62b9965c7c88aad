package io.jynamo.engine.attached;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.JynamoException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The model that a server is asked for, as its {@code /v1/models} shows it.
 *
 * @param name its name there
 * @param owner what the server calls itself, for example {@code vllm}; empty where it does not
 * @param server its {@code Server} header
 * @param entry all it says of the model
 * @param adapters names of the LoRA adapters that it lists beside the model; none of an adapter
 */
public record ServedModel(String name, String owner, String server, JsonNode entry, Set<String> adapters) {
    /**
     * What tells a model from another that a server may serve later under the same URL. Not when it was created: servers
     * say when they were asked.
     *
     * @param root where its weights are from, as the server says it
     * @param context tokens, empty where it does not say
     * @param meta what llama.cpp says of the weights themselves
     */
    public record Identity(String name, String root, OptionalInt context, String meta) {
        /** For people. */
        @Override
        public String toString() {
            return name
                    + (root.isEmpty() || root.equals(name) ? "" : " from " + root)
                    + (context.isEmpty() ? "" : " with a context of " + context.getAsInt() + " tokens");
        }
    }

    /** Asks the server for its models and takes the one that the options name, or its only one. */
    public static ServedModel find(EngineHttp http, AttachOptions options) {
        return choose(http, options, list(http, options));
    }

    /** The models a server serves; of its adapters only the one that the options name. */
    static List<ServedModel> list(EngineHttp http, AttachOptions options) {
        EngineHttp.Page page = http.get("/v1/models", options.probeLimit());
        if (!page.ok()) {
            throw failure(http, page, "/v1/models");
        }
        JsonNode root = Json.tryTree(page.text());
        List<JsonNode> entries = new ArrayList<>();
        Set<String> adapters = new TreeSet<>();
        for (JsonNode entry : root == null ? List.<JsonNode>of() : root.path("data")) {
            String name = Json.findText(entry, "id");
            boolean adapter = isAdapter(entry);
            if (name != null && (name.equals(options.model()) || !adapter)) {
                entries.add(entry);
            }
            if (name != null && adapter) {
                adapters.add(name);
            }
        }
        return entries.stream()
                .map(entry -> new ServedModel(
                        entry.path("id").asString(),
                        Objects.requireNonNullElse(Json.findText(entry, "owned_by"), ""),
                        page.server(),
                        entry,
                        isAdapter(entry) ? Set.of() : Set.copyOf(adapters)))
                .toList();
    }

    /** Adapters are listed beside their model, as its children. */
    private static boolean isAdapter(JsonNode entry) {
        return Json.findText(entry, "parent") != null;
    }

    public Identity identity() {
        String root = Json.findText(entry, "root");
        JsonNode meta = entry.path("meta");
        return new Identity(name, root == null ? "" : root, maxModelLen(), meta.isObject() ? meta.toString() : "");
    }

    private static ServedModel choose(EngineHttp http, AttachOptions options, List<ServedModel> models) {
        List<String> names = models.stream().map(ServedModel::name).toList();
        if (options.model() != null) {
            return models.stream()
                    .filter(m -> m.name().equals(options.model()))
                    .findFirst()
                    .orElseThrow(() -> new JynamoException(
                            ErrorCode.MODEL_NOT_FOUND,
                            "the engine at " + http.url() + " serves no " + options.model() + "; it has " + names));
        }
        if (models.size() != 1) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the engine at " + http.url() + " serves " + names + "; name the model to attach");
        }
        return models.getFirst();
    }

    /** The context it says it serves. */
    public OptionalInt maxModelLen() {
        for (String name : List.of("max_model_len", "context_length", "context_window", "max_context_length")) {
            OptionalInt told = Json.findInt(entry, name);
            if (told.isPresent() && told.getAsInt() > 1) {
                return told;
            }
        }
        return OptionalInt.empty();
    }

    /** The refusal of a page that attaching needs. */
    public static JynamoException failure(EngineHttp http, EngineHttp.Page page, String path) {
        GenerationEnd.Failure failure = EngineFailure.of(http.url(), page.status(), null, page.text());
        return new JynamoException(failure.code(), "cannot attach by " + path + ": " + failure.message());
    }
}
