package io.jynamo.cli.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An engine's HTTP as vLLM, SGLang or trtllm-serve have it, with a model whose next token is told by all before it: whoever
 * goes on with prompt and output so far says what one would have said alone.
 */
final class FakeServer implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    /** Ordinary words of the simulated tokenizer. */
    private static final int FIRST_ID = 300;

    private static final int IDS = 3000;
    private static final long TOKEN_NANOS = 4_000_000;

    /** Which engine it acts as. */
    enum Kind {
        VLLM("vllm"),
        SGLANG("sglang"),
        TRTLLM("tensorrt_llm");

        private final String owner;

        Kind(String owner) {
            this.owner = owner;
        }
    }

    /** What it says that it serves. */
    record Model(String id, String root, int context) {}

    /** One request for output. */
    record Call(String path, String rank, String body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Kind kind;
    private final int ranks;
    private volatile Model model;
    private volatile int[] script = {};
    private volatile BooleanSupplier works = () -> true;
    private volatile boolean closed;

    FakeServer(Kind kind, int port, int ranks, Model model) {
        this.kind = kind;
        this.ranks = ranks;
        this.model = model;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** It serves this from now on, as after a restart with other flags. */
    void serve(Model other) {
        model = other;
    }

    /** While this does not hold it takes requests and says nothing, in perfect health. */
    void worksWhile(BooleanSupplier condition) {
        works = condition;
    }

    /** It answers every completion with these ids from now on. */
    void says(int... ids) {
        script = ids;
    }

    /** Every request for output so far. */
    List<Call> calls() {
        return List.copyOf(calls);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestURI().getPath()) {
                case "/health", "/model_info" -> answer(exchange, 200, "");
                case "/v1/models" -> answer(exchange, 200, models());
                case "/metrics" -> answer(exchange, 200, kind == Kind.VLLM ? metrics() : "");
                case "/server_info" ->
                    answer(
                            exchange,
                            200,
                            "{\"page_size\":16,\"max_total_num_tokens\":65536,\"max_running_requests\":8,\"dp_size\":"
                                    + ranks + ",\"attn_dp_size\":1,\"nnodes\":1}");
                case "/v1/completions", "/v1/chat/completions", "/generate" -> generate(exchange);
                default -> answer(exchange, 404, "{\"detail\":\"Not Found\"}");
            }
        }
    }

    private String models() {
        ObjectNode entry = JSON.createObjectNode()
                .put("id", model.id())
                .put("object", "model")
                .put("created", System.currentTimeMillis() / 1000) // when it was asked, as all of them say
                .put("owned_by", kind.owner);
        if (kind != Kind.TRTLLM) {
            entry.put("root", model.root()).put("max_model_len", model.context());
        }
        ObjectNode root = JSON.createObjectNode();
        root.putArray("data").add(entry);
        return root.toString();
    }

    private String metrics() {
        StringBuilder text = new StringBuilder();
        for (int rank = 0; rank < ranks; rank++) {
            text.append("vllm:cache_config_info{block_size=\"16\",engine=\"")
                    .append(rank)
                    .append("\",num_gpu_blocks=\"")
                    .append(4096 + rank)
                    .append("\"} 1.0\nvllm:num_requests_running{engine=\"")
                    .append(rank)
                    .append("\"} 0.0\n");
        }
        return text.toString();
    }

    private void generate(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        JsonNode asked = JSON.readTree(body);
        String rank = kind == Kind.SGLANG
                ? asked.path("routed_dp_rank").asString("")
                : Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("X-data-parallel-rank"), "");
        calls.add(new Call(path, rank, body));
        if (!rank.isEmpty() && Integer.parseInt(rank) >= ranks) {
            answer(exchange, 400, "{\"error\":{\"message\":\"data_parallel_rank is out of range\",\"code\":400}}");
            return;
        }
        String named = asked.path("model").asString(model.id());
        if (!named.equals(model.id())) {
            answer(exchange, 404, "{\"error\":{\"message\":\"The model `" + named + "` does not exist.\"}}");
            return;
        }
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            if (path.equals("/v1/chat/completions")) {
                chat(out);
            } else if (path.equals("/generate")) {
                generateNatively(asked, out);
            } else {
                completions(asked, out);
            }
        }
    }

    private void completions(JsonNode asked, OutputStream out) throws IOException {
        JsonNode prompt = asked.path("prompt");
        int most = asked.path("max_tokens").asInt(16);
        int[] known = script;
        long state = state(prompt);
        for (int said = 1; said <= most; said++) {
            boolean ends = said == known.length;
            event(
                    out,
                    "{\"choices\":[{\"index\":0,\"text\":\"x\",\"token_ids\":["
                            + (known.length > 0 ? known[said - 1] : id(state)) + "],\"finish_reason\":"
                            + (ends ? "\"stop\"" : said == most ? "\"length\"" : "null") + "}]}");
            if (ends) {
                most = said;
            }
            state = next(state);
        }
        event(
                out,
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":" + prompt.size() + ",\"completion_tokens\":" + most
                        + ",\"prompt_tokens_details\":{\"cached_tokens\":" + prompt.size() / 2 + "}}}");
        event(out, "[DONE]");
    }

    /** Three words about whatever was shown. */
    private void chat(OutputStream out) throws IOException {
        for (int said = 0; said < 3; said++) {
            event(
                    out,
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"token_ids\":[" + (FIRST_ID + said)
                            + "],\"finish_reason\":" + (said == 2 ? "\"length\"" : "null") + "}]}");
        }
        event(out, "{\"choices\":[],\"usage\":{\"prompt_tokens\":777,\"completion_tokens\":3}}");
        event(out, "[DONE]");
    }

    private void generateNatively(JsonNode asked, OutputStream out) throws IOException {
        JsonNode prompt = asked.path("input_ids");
        int most = asked.path("sampling_params").path("max_new_tokens").asInt(16);
        long state = state(prompt);
        for (int said = 1; said <= most; said++) {
            event(
                    out,
                    "{\"output_ids\":[" + id(state) + "],\"meta_info\":{\"completion_tokens\":" + said
                            + ",\"cached_tokens\":0,\"finish_reason\":"
                            + (said == most ? "{\"type\":\"length\",\"length\":" + most + "}" : "null") + "}}");
            state = next(state);
        }
        event(out, "[DONE]");
    }

    private static long state(JsonNode prompt) {
        long state = 17;
        for (JsonNode id : prompt) {
            state = state * 31 + id.intValue();
        }
        return state;
    }

    /** As if what is said were prompt. */
    private static long next(long state) {
        return state * 31 + id(state);
    }

    private static int id(long state) {
        return FIRST_ID + (int) Math.floorMod((state * 0x9E3779B97F4A7C15L) >>> 40, (long) IDS);
    }

    private void event(OutputStream out, String data) throws IOException {
        while (!works.getAsBoolean() && !closed) {
            LockSupport.parkNanos(TOKEN_NANOS);
        }
        LockSupport.parkNanos(TOKEN_NANOS);
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.stop(0);
        threads.shutdownNow();
    }
}
