package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static io.jynamo.frontend.ServerFixture.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.keys.KeyClock;
import io.jynamo.frontend.keys.KeyHash;
import io.jynamo.frontend.keys.KeyOptions;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys of a file over real sockets: who gets in, how much, and what is told of it. */
@Timeout(60)
class KeysTest {
    private static final String CHAT = "/v1/chat/completions";

    @TempDir
    Path folder;

    private final TestClock clock = new TestClock();

    /** A clock that tests move. */
    static final class TestClock implements KeyClock {
        private final AtomicLong nanos = new AtomicLong();

        void pass(long millis) {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        }

        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public long epochMillis() {
            return 1_800_000_000_000L + nanos.get() / 1_000_000;
        }
    }

    private static String key(String secret, String members) {
        return "{'name':'" + secret + "','hash':'" + KeyHash.of(secret) + "'" + (members.isEmpty() ? "" : "," + members)
                + "}";
    }

    private Path file(String... keys) {
        try {
            return Files.writeString(
                    folder.resolve("keys.json"), ("{'keys':[" + String.join(",\n", keys) + "]}").replace('\'', '"'));
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private ServerFixture server(Function<GenerationRequest, Script> scripts, String... keys) {
        Path file = file(keys);
        return new ServerFixture(
                new ScriptedWorker(scripts), options -> options.withKeys(new KeyOptions(file, null, clock)));
    }

    private static HttpResponse<String> ask(ServerFixture server, String key, String more) {
        return server.send(server.request(CHAT)
                .header("authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(chat("hi", more).replace('\'', '"'))));
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void a_key_is_let_in_as_often_as_its_rate_says() {
        try (ServerFixture server = server(request -> Script.text("yes"), key("alpha", "'rate':2"), key("beta", ""))) {
            HttpResponse<String> first = ask(server, "alpha", "");
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(header(first, "x-ratelimit-limit-requests")).isEqualTo("2");
            assertThat(header(first, "x-ratelimit-remaining-requests")).isEqualTo("1");
            assertThat(header(first, "x-ratelimit-reset-requests")).isEqualTo("30s");
            HttpResponse<String> second = ask(server, "alpha", "'stream':true");
            assertThat(header(second, "x-ratelimit-remaining-requests")).isEqualTo("0");
            HttpResponse<String> third = ask(server, "alpha", "");
            assertThat(third.statusCode()).isEqualTo(429);
            assertThat(error(third, "code")).isEqualTo("rate_limit_exceeded");
            assertThat(error(third, "message")).contains("alpha").contains("2 requests per minute");
            assertThat(header(third, "retry-after")).isEqualTo("30");
            assertThat(header(third, "x-ratelimit-remaining-requests")).isEqualTo("0");
            assertThat(ask(server, "beta", "").statusCode()).isEqualTo(200);
            clock.pass(29_999);
            assertThat(ask(server, "alpha", "").statusCode()).isEqualTo(429);
            clock.pass(1);
            assertThat(ask(server, "alpha", "").statusCode()).isEqualTo(200);
            assertThat(server.worker.started()).hasSize(4);
        }
    }

    @Test
    void a_key_that_is_none_opens_nothing() {
        try (ServerFixture server = server(request -> Script.text("yes"), key("alpha", ""))) {
            HttpResponse<String> wrong = ask(server, "alph", "");
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(error(wrong, "code")).isEqualTo("authentication_required");
            assertThat(header(wrong, "www-authenticate")).isEqualTo("Bearer");
            assertThat(server.post(CHAT, chat("hi", "")).statusCode()).isEqualTo(401);
            assertThat(server.get("/v1/models").statusCode()).isEqualTo(401);
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            assertThat(server.send(HttpRequest.newBuilder(server.uri("/v1/models"))
                                    .header("x-api-key", "alpha")
                                    .header("authorization", "Bearer of something else"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(server.worker.started()).isEmpty();
        }
    }

    @Test
    void expired_and_disabled_keys_are_told_so() {
        try (ServerFixture server = server(
                request -> Script.text("yes"),
                key("old", "'expires':'" + Instant.ofEpochMilli(clock.epochMillis() + 1_000) + "'"),
                key("off", "'disabled':true"))) {
            assertThat(ask(server, "old", "").statusCode()).isEqualTo(200);
            clock.pass(1_000);
            HttpResponse<String> old = ask(server, "old", "");
            assertThat(old.statusCode()).isEqualTo(401);
            assertThat(error(old, "message")).contains("`old` expired at");
            HttpResponse<String> off = ask(server, "off", "");
            assertThat(off.statusCode()).isEqualTo(401);
            assertThat(error(off, "message")).contains("`off` is disabled");
        }
    }

    @Test
    void a_refusal_comes_before_the_body() throws IOException {
        try (ServerFixture server = server(request -> Script.text("yes"), key("alpha", "'rate':1"))) {
            assertThat(ask(server, "alpha", "").statusCode()).isEqualTo(200);
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alpha\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n");
                assertThat(client.until("\r\n\r\n")).contains(" 429 ").contains("retry-after: 60");
            }
        }
    }

    @Test
    void so_many_run_at_one_time_and_a_client_that_hangs_up_makes_room() throws IOException {
        Semaphore pace = new Semaphore(3);
        try (ServerFixture server =
                server(request -> Script.text("abcdef").paced(pace), key("alpha", "'concurrency':1"))) {
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(
                        CHAT, chat("hi", "'stream':true").replace('\'', '"'), "Authorization: Bearer alpha"));
                client.until("\"c\"");
                HttpResponse<String> second = ask(server, "alpha", "");
                assertThat(second.statusCode()).isEqualTo(429);
                assertThat(error(second, "message")).contains("1 requests at one time");
                assertThat(header(second, "retry-after")).isEqualTo("1");
            }
            ServerFixture.await(() -> server.node.running() == 0);
            pace.release(1_000);
            for (int i = 0; i < 20; i++) {
                assertThat(ask(server, "alpha", "").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void tokens_are_settled_however_a_request_ends() throws IOException {
        Semaphore pace = new Semaphore(0);
        try (ServerFixture server = server(
                request -> switch (last(request)) {
                    case 'f' -> Script.text("abc").failing(ErrorCode.WORKER_LOST, "gone");
                    case 'h' -> Script.text("abcdef").paced(pace);
                    default -> Script.text("abc");
                },
                key("alpha", "'tokens_per_minute':1000"))) {
            // Four of "user", the mark, "hi" and so on: the answer's own count says.
            HttpResponse<String> first = say(server, "o");
            int spent = ServerFixture.json(first).at("/usage/total_tokens").asInt();
            int prompt = spent - 3;
            assertThat(header(first, "x-ratelimit-limit-tokens")).isEqualTo("1000");
            assertThat(remaining(server)).isEqualTo(1_000 - spent);
            // Prompt and what there was of the answer, for who fails on the way.
            say(server, "f");
            spent += prompt + 3;
            assertThat(remaining(server)).isEqualTo(1_000 - spent);
            // Refused before any worker had it: nothing.
            server.router.full(true);
            assertThat(say(server, "o").statusCode()).isEqualTo(529);
            server.router.full(false);
            assertThat(remaining(server)).isEqualTo(1_000 - spent);
            // A field that is wrong: nothing.
            assertThat(ask(server, "alpha", "'temperature':9").statusCode()).isEqualTo(400);
            assertThat(remaining(server)).isEqualTo(1_000 - spent);
            // Hung up on: what there was.
            pace.release(2);
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(
                        CHAT, chat("h", "'stream':true").replace('\'', '"'), "Authorization: Bearer alpha"));
                client.until("\"b\"");
                assertThat(remaining(server)).isEqualTo(1_000 - spent - prompt);
            }
            ServerFixture.await(() -> server.node.running() == 0);
            spent += prompt + 2;
            assertThat(remaining(server)).isEqualTo(1_000 - spent);
        }
    }

    @Test
    void a_stream_that_outlives_its_connection_keeps_its_place() {
        Semaphore pace = new Semaphore(3);
        try (ServerFixture server =
                server(request -> Script.text("abcdef").paced(pace), key("alpha", "'concurrency':1"))) {
            String begun;
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(
                        CHAT,
                        chat("hi", "'stream':true").replace('\'', '"'),
                        "Authorization: Bearer alpha",
                        "x-jynamo-resumable: true"));
                begun = client.until("\"c\"");
            }
            int at = begun.lastIndexOf("id: ") + 4;
            String event = begun.substring(at, begun.indexOf('\n', at));
            assertThat(ask(server, "alpha", "").statusCode()).isEqualTo(429);
            HttpRequest.Builder again = server.request(CHAT)
                    .header("authorization", "Bearer alpha")
                    .header("Last-Event-ID", event)
                    .POST(HttpRequest.BodyPublishers.ofString("{}"));
            pace.release(100);
            assertThat(server.send(again).body()).contains("[DONE]"); // coming back takes no place
            assertThat(ask(server, "alpha", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_debt_of_tokens_is_paid_off_before_the_next_request() {
        try (ServerFixture server =
                server(request -> Script.text("a".repeat(100)), key("alpha", "'tokens_per_minute':60"))) {
            HttpResponse<String> first = ask(server, "alpha", "");
            int spent = ServerFixture.json(first).at("/usage/total_tokens").asInt();
            HttpResponse<String> second = ask(server, "alpha", "");
            assertThat(second.statusCode()).isEqualTo(429);
            assertThat(error(second, "message")).contains("60 tokens per minute");
            assertThat(header(second, "x-ratelimit-remaining-tokens")).isEqualTo("0");
            assertThat(header(second, "x-ratelimit-limit-requests")).isEmpty();
            long wait = Long.parseLong(header(second, "retry-after"));
            assertThat(wait).isEqualTo(spent - 60 + 1);
            clock.pass(wait * 1_000 - 1);
            assertThat(ask(server, "alpha", "").statusCode()).isEqualTo(429);
            assertThat(server.worker.started()).hasSize(1);
            // The door opens for one token; the prompt, once it is read, needs all of its own.
            clock.pass(60_000);
            assertThat(ask(server, "alpha", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_prompt_waits_as_long_as_it_is_told() {
        try (ServerFixture server =
                server(request -> Script.text("a".repeat(30)), key("alpha", "'tokens_per_minute':60"))) {
            ask(server, "alpha", "");
            HttpResponse<String> refused = ask(server, "alpha", "");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(header(refused, "retry-after")).isNotEqualTo("1");
            clock.pass(1_000 * Long.parseLong(header(refused, "retry-after")));
            assertThat(ask(server, "alpha", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void models_that_a_key_may_not_ask_for_are_not_there() {
        try (ServerFixture server = server(
                request -> Script.text("yes"),
                key("none", "'models':['other','more/*']"),
                key("some", "'models':['org/*']"))) {
            HttpResponse<String> refused = ask(server, "none", "");
            assertThat(refused.statusCode()).isEqualTo(404);
            assertThat(error(refused, "code")).isEqualTo("model_not_found");
            assertThat(error(refused, "message")).contains("Served models: none yet.");
            assertThat(get(server, "none", "/v1/models").body()).contains("\"data\":[]");
            assertThat(get(server, "none", "/v1/models/org/test-model").statusCode())
                    .isEqualTo(404);
            assertThat(server.send(server.request("/tokenize")
                                    .header("authorization", "Bearer none")
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            "{\"model\":\"org/test-model\",\"prompt\":\"a\"}")))
                            .statusCode())
                    .isEqualTo(404);
            assertThat(ask(server, "some", "").statusCode()).isEqualTo(200);
            assertThat(get(server, "some", "/v1/models").body()).contains("org/test-model");
            assertThat(get(server, "some", "/v1/models/org/test-model").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void keys_that_are_isolated_share_no_block_whatever_their_clients_send() {
        try (ServerFixture server = server(
                request -> Script.text("yes"),
                key("open1", ""),
                key("open2", ""),
                key("alone1", "'isolation':'key'"),
                key("alone2", "'isolation':'key'"),
                key("acme1", "'isolation':'tenant acme'"),
                key("acme2", "'isolation':'tenant acme'"))) {
            Map<String, Long> hashes = new LinkedHashMap<>();
            for (String key : List.of("open1", "open2", "alone1", "alone2", "acme1", "acme2")) {
                ask(server, key, "");
                hashes.put(key, firstBlock(server));
            }
            assertThat(hashes.get("open1")).isEqualTo(hashes.get("open2"));
            assertThat(hashes.get("acme1")).isEqualTo(hashes.get("acme2"));
            assertThat(new HashSet<>(hashes.values())).hasSize(4);
            String acme = salt(server);
            ask(server, "alone1", "'cache_salt':'" + acme + "'");
            hashes.put("alone1 as acme", firstBlock(server));
            ask(server, "open1", "'cache_salt':'" + acme + "'");
            hashes.put("open1 as acme", firstBlock(server));
            assertThat(new HashSet<>(hashes.values())).hasSize(6);
            ask(server, "acme1", "'cache_salt':'x'");
            long divided = firstBlock(server);
            ask(server, "acme2", "'cache_salt':'x'");
            assertThat(firstBlock(server)).isEqualTo(divided).isNotIn(hashes.values());
            assertThat(server.router.requests().getLast().scope())
                    .isEqualTo(server.worker.started().getLast().request().scope());
        }
    }

    @Test
    void tenant_class_and_priority_come_from_the_key() {
        try (ServerFixture server = server(
                request -> Script.text("yes"),
                key("free", ""),
                key("low", "'priority':0"),
                key("high", "'priority':7,'isolation':'tenant acme'"))) {
            String wish = "'priority':-5,'nvext':{'agent_hints':{'strict_priority':9}}";
            for (String key : List.of("free", "low", "high")) {
                ask(server, key, wish);
            }
            var asked = server.router.requests();
            assertThat(asked).extracting(one -> one.claim().tenant()).containsExactly("free", "low", "acme");
            assertThat(asked).extracting(one -> one.claim().strictPriority()).containsExactly(9, 0, 7);
            assertThat(asked).extracting(one -> one.priority()).containsExactly(5, 0, 5);
        }
    }

    @Test
    void the_fleet_is_shown_to_admins() {
        try (ServerFixture server =
                server(request -> Script.text("yes"), key("user", ""), key("boss", "'admin':true"))) {
            assertThat(get(server, "user", "/v1/fleet").statusCode()).isEqualTo(403);
            assertThat(get(server, "boss", "/v1/fleet").statusCode()).isEqualTo(200);
            assertThat(server.get("/metrics").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_changed_file_is_read_again_and_a_broken_one_is_not() throws IOException {
        Semaphore pace = new Semaphore(1);
        try (ServerFixture server =
                server(request -> Script.text("abc").paced(pace), key("alpha", ""), key("beta", ""))) {
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(
                        CHAT, chat("hi", "'stream':true").replace('\'', '"'), "Authorization: Bearer alpha"));
                client.until("\"a\"");
                file(key("gamma", ""));
                ServerFixture.await(() -> get(server, "gamma", "/v1/models").statusCode() == 200);
                assertThat(get(server, "beta", "/v1/models").statusCode()).isEqualTo(401);
                assertThat(ask(server, "alpha", "").statusCode()).isEqualTo(401);
                pace.release(100);
                client.until("[DONE]"); // what began before goes on
            }
        }
    }

    private static int last(GenerationRequest request) {
        int[] ids = request.prompt().toArray();
        for (int i = ids.length - 1; i > 0; i--) {
            if (ids[i] > 255) {
                return ids[i - 1]; // before the turn's end
            }
        }
        return 0;
    }

    private static HttpResponse<String> say(ServerFixture server, String text) {
        return server.send(server.request(CHAT)
                .header("authorization", "Bearer alpha")
                .POST(HttpRequest.BodyPublishers.ofString(chat(text, "").replace('\'', '"'))));
    }

    /** Told beside a request that costs none. */
    private static long remaining(ServerFixture server) {
        HttpResponse<String> response = server.send(server.request("/tokenize")
                .header("authorization", "Bearer alpha")
                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"a\"}")));
        return Long.parseLong(header(response, "x-ratelimit-remaining-tokens"));
    }

    private static HttpResponse<String> get(ServerFixture server, String key, String path) {
        return server.send(HttpRequest.newBuilder(server.uri(path))
                .header("authorization", "Bearer " + key)
                .GET());
    }

    private static String salt(ServerFixture server) {
        return String.valueOf(
                server.worker.started().getLast().request().scope().salt());
    }

    private static long firstBlock(ServerFixture server) {
        GenerationRequest request = server.worker.started().getLast().request();
        return BlockHasher.chain(0, new BlockHasher(4, request.scope()).localHash(request.prompt(), 0));
    }
}
