package io.jynamo.frontend.openapi;

import io.jynamo.frontend.anthropic.MessagesRequest;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.CompletionRequest;
import io.jynamo.frontend.openai.DetokenizeRequest;
import io.jynamo.frontend.openai.EmbeddingsBody;
import io.jynamo.frontend.openai.FieldTable;
import io.jynamo.frontend.openai.RerankBody;
import io.jynamo.frontend.openai.ScoreBody;
import io.jynamo.frontend.openai.TokenizeRequest;
import io.jynamo.frontend.responses.ResponsesRequest;

/** The OpenAPI 3.1 description of the surface, made from the tables that requests are checked with. */
public final class OpenApi {
    private static final byte[] DOCUMENT = write();

    private OpenApi() {}

    /** The document. */
    @SuppressWarnings("EI_EXPOSE_REP")
    public static byte[] document() {
        return DOCUMENT.clone();
    }

    private static byte[] write() {
        JsonWriter out = new JsonWriter(32_768);
        out.beginObject().name("openapi").value("3.1.0");
        out.name("info").beginObject().name("title").value("Jynamo frontend");
        out.name("version").value("0.1.0").endObject();
        // A key, where the server has keys; without it none.
        out.name("security").beginArray();
        out.beginObject().name("bearer").beginArray().endArray().endObject();
        out.beginObject().endObject().endArray();
        out.name("paths").beginObject();
        post(out, "/v1/chat/completions", "Answer a conversation", ChatRequest.TABLE, true);
        post(out, "/v1/completions", "Continue a text", CompletionRequest.TABLE, true);
        post(out, "/v1/responses", "Answer a conversation, as OpenAI's Responses", ResponsesRequest.TABLE, true);
        keptResponse(out);
        FilePaths.write(out);
        post(out, "/v1/embeddings", "Turn texts into vectors", EmbeddingsBody.TABLE, false);
        for (String path : new String[] {"/v1/rerank", "/v2/rerank", "/rerank"}) {
            post(out, path, "Sort documents by how well they answer a query", RerankBody.TABLE, false);
        }
        for (String path : new String[] {"/v1/score", "/score"}) {
            post(out, path, "Say how well texts go together", ScoreBody.TABLE, false);
        }
        post(
                out,
                "/v1/messages",
                new Posted(
                        "Answer a conversation, as Anthropic's clients ask",
                        MessagesRequest.TABLE,
                        true,
                        ErrorSchema.ANTHROPIC));
        post(
                out,
                "/v1/messages/count_tokens",
                new Posted(
                        "Count the tokens of a conversation, as Anthropic's clients ask",
                        MessagesRequest.COUNT_TABLE,
                        false,
                        ErrorSchema.ANTHROPIC));
        post(out, "/tokenize", "Turn text into token ids", TokenizeRequest.TABLE, false);
        post(out, "/detokenize", "Turn token ids into text", DetokenizeRequest.TABLE, false);
        post(
                out,
                "/v1/route/explain",
                "Say which worker a conversation, or the body of a completion, would go to and why",
                ChatRequest.TABLE,
                false);
        get(out, "/v1/models", "List the models that answer", "application/json");
        get(out, "/v1/models/{model}", "Describe one model; its name may hold slashes", "application/json");
        stream(out);
        get(out, "/v1/fleet", "The workers, the streams in flight, the pace and what happened", "application/json");
        get(out, "/v1/fleet/events", "The same, again whenever it changes", "text/event-stream");
        act(out, "kill", "End a worker's process as a crash would, where the server has a hand on it");
        act(
                out,
                "drain",
                "Have a worker take nothing new, finish what it has and go, where the server has a hand on it");
        get(out, "/health", "Whether requests are taken", "application/json");
        get(out, "/live", "Whether the process runs", "application/json");
        get(out, "/metrics", "Prometheus metrics", "text/plain");
        get(out, "/openapi.json", "This document", "application/json");
        out.endObject();
        components(out);
        return out.endObject().toArray();
    }

    private static void post(JsonWriter out, String path, String summary, FieldTable table, boolean streams) {
        post(out, path, new Posted(summary, table, streams, ErrorSchema.OPENAI));
    }

    private static void post(JsonWriter out, String path, Posted posted) {
        out.name(path).beginObject();
        posted(out, posted);
        out.endObject();
    }

    /**
     * An operation of posting a body.
     *
     * @param table of the body
     * @param streams whether its answer may come as events
     */
    private record Posted(String summary, FieldTable table, boolean streams, ErrorSchema errors) {}

    /** The operation of posting a body, within a path. */
    static void posted(JsonWriter out, String summary, FieldTable table) {
        posted(out, new Posted(summary, table, false, ErrorSchema.OPENAI));
    }

    private static void posted(JsonWriter out, Posted posted) {
        out.name("post").beginObject();
        out.name("summary").value(posted.summary());
        out.name("requestBody").beginObject().name("required").value(true);
        out.name("content").beginObject().name("application/json").beginObject().name("schema");
        out.beginObject();
        posted.table().describeMembers(out);
        out.endObject().endObject().endObject().endObject();
        out.name("responses").beginObject().name("200").beginObject();
        out.name("description").value(posted.streams() ? "The answer, or its events with stream: true" : "The answer");
        out.name("content").beginObject().name("application/json").beginObject().endObject();
        if (posted.streams()) {
            out.name("text/event-stream").beginObject().endObject();
        }
        out.endObject().endObject();
        out.name("default")
                .beginObject()
                .name("$ref")
                .value(posted.errors().reference())
                .endObject();
        out.endObject().endObject();
    }

    private static void get(JsonWriter out, String path, String summary, String type) {
        out.name(path).beginObject().name("get").beginObject().name("summary").value(summary);
        if (path.contains("{model}")) {
            out.name("parameters").beginArray();
            parameter(out, "model", "path", true);
            out.endArray();
        }
        out.name("responses").beginObject().name("200").beginObject();
        out.name("description").value(summary).name("content").beginObject();
        out.name(type).beginObject().endObject().endObject().endObject();
        errors(out);
        out.endObject().endObject().endObject();
    }

    private static void stream(JsonWriter out) {
        out.name("/v1/streams/{stream}").beginObject();
        out.name("parameters").beginArray();
        parameter(out, "stream", "path", true);
        out.endArray();
        out.name("get").beginObject().name("summary").value("Go on with a resumable stream behind the event named");
        out.name("parameters").beginArray();
        parameter(out, "Last-Event-ID", "header", false);
        out.endArray().name("responses").beginObject();
        out.name("200")
                .beginObject()
                .name("description")
                .value("The events that followed")
                .name("content");
        out.beginObject()
                .name("text/event-stream")
                .beginObject()
                .endObject()
                .endObject()
                .endObject();
        response(out, "204", "It was received whole");
        errors(out);
        out.endObject().endObject();
        out.name("delete").beginObject().name("summary").value("End a resumable stream");
        out.name("responses").beginObject();
        response(out, "204", "It has ended");
        errors(out);
        out.endObject().endObject().endObject();
    }

    private static void keptResponse(JsonWriter out) {
        out.name("/v1/responses/{response}").beginObject();
        out.name("parameters").beginArray();
        parameter(out, "response", "path", true);
        out.endArray();
        out.name("get").beginObject().name("summary").value("Read a kept response");
        json(out, "The response");
        out.name("delete").beginObject().name("summary").value("Forget a kept response");
        json(out, "It is forgotten");
        out.endObject();
        out.name("/v1/responses/{response}/input_items").beginObject();
        out.name("parameters").beginArray();
        parameter(out, "response", "path", true);
        out.endArray();
        out.name("get").beginObject().name("summary").value("Read what a kept response was given, in pages");
        out.name("parameters").beginArray();
        for (String name : new String[] {"limit", "order", "after"}) {
            parameter(out, name, "query", false);
        }
        out.endArray();
        json(out, "A page of items");
        out.endObject();
    }

    /** The answers of an operation that answers with JSON, and the end of the operation. */
    static void json(JsonWriter out, String description) {
        answers(out, description, "application/json");
    }

    /** The answers of an operation that answers with such bytes, and the end of the operation. */
    static void answers(JsonWriter out, String description, String type) {
        out.name("responses").beginObject().name("200").beginObject();
        out.name("description").value(description).name("content").beginObject();
        out.name(type).beginObject().endObject().endObject().endObject();
        errors(out);
        out.endObject().endObject();
    }

    private static void act(JsonWriter out, String action, String summary) {
        out.name("/v1/fleet/workers/{id}/" + action).beginObject().name("post").beginObject();
        out.name("summary").value(summary);
        out.name("parameters").beginArray();
        parameter(out, "id", "path", true);
        out.endArray();
        out.name("requestBody").beginObject().name("required").value(true);
        out.name("content").beginObject().name("application/json").beginObject().endObject();
        out.endObject().endObject();
        out.name("responses").beginObject().name("202").beginObject();
        out.name("description").value("It was asked for").name("content").beginObject();
        out.name("application/json").beginObject().endObject().endObject().endObject();
        errors(out);
        out.endObject().endObject().endObject();
    }

    private static void response(JsonWriter out, String status, String description) {
        out.name(status).beginObject().name("description").value(description).endObject();
    }

    static void parameter(JsonWriter out, String name, String in, boolean required) {
        out.beginObject().name("name").value(name).name("in").value(in);
        out.name("required").value(required);
        out.name("schema").beginObject().name("type").value("string").endObject();
        out.endObject();
    }

    private static void errors(JsonWriter out) {
        out.name("default").beginObject().name("$ref").value(ErrorSchema.OPENAI.reference());
        out.endObject();
    }

    private static void components(JsonWriter out) {
        out.name("components").beginObject().name("responses").beginObject();
        for (ErrorSchema errors : ErrorSchema.values()) {
            errors.write(out);
        }
        out.endObject();
        out.name("securitySchemes").beginObject().name("bearer").beginObject();
        out.name("type")
                .value("http")
                .name("scheme")
                .value("bearer")
                .endObject()
                .endObject();
        out.endObject();
    }
}
