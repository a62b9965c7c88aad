package io.jynamo.frontend;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.SoleRouter;
import io.jynamo.frontend.fleet.FleetControl;
import io.jynamo.frontend.fleet.FleetRoster;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.router.Router;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.template.ChatPrompt;
import io.jynamo.text.template.SpecialTokens;
import io.jynamo.text.template.TemplateSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A frontend over a scripted worker, with an HTTP client. */
final class ServerFixture implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();

    /** Each message as {@code role:content} and a turn token. */
    private static final String TEMPLATE = """
            {%- for message in messages -%}
            {%- if message.content == 'refuse me' -%}{{ raise_exception('The template says no.') }}{%- endif -%}
            {{ message.role + ':' + message.content + '<turn>' }}
            {%- endfor -%}
            {%- if style is defined -%}{{ '[' + style + ']' }}{%- endif -%}
            {%- if add_generation_prompt -%}{{ 'assistant:' }}{%- endif -%}
            """;

    final ScriptedWorker worker;
    final SoleRouter router;
    final ModelRegistry models = new ModelRegistry();
    final FrontendNode node;
    final HttpClient client;

    ServerFixture(Function<GenerationRequest, ScriptedWorker.Script> scripts) {
        this(new ScriptedWorker(scripts), options -> options);
    }

    ServerFixture(ScriptedWorker worker, UnaryOperator<FrontendOptions> options) {
        this(worker, options, FleetRoster.NONE, FleetControl.NONE);
    }

    ServerFixture(
            ScriptedWorker worker, UnaryOperator<FrontendOptions> options, FleetRoster roster, FleetControl control) {
        this(worker, options, roster, control, router -> router);
    }

    /** The same with KServe's port. */
    static ServerFixture withKserve(ScriptedWorker worker, UnaryOperator<FrontendOptions> options) {
        return new ServerFixture(worker, options, FleetRoster.NONE, FleetControl.NONE, router -> router, 0);
    }

    /** @param before makes the router that requests meet of the one that counts bookings */
    ServerFixture(
            ScriptedWorker worker,
            UnaryOperator<FrontendOptions> options,
            FleetRoster roster,
            FleetControl control,
            Function<SoleRouter, Router> before) {
        this(worker, options, roster, control, before, null);
    }

    private ServerFixture(
            ScriptedWorker worker,
            UnaryOperator<FrontendOptions> options,
            FleetRoster roster,
            FleetControl control,
            Function<SoleRouter, Router> before,
            @Nullable Integer kservePort) {
        this.worker = worker;
        this.router = new SoleRouter(worker);
        models.offer(new ServedModel(
                "org/test-model",
                "org/test-model",
                null,
                worker.card(),
                new ByteTokenizer(),
                ChatPrompt.compile(TemplateSources.of(TEMPLATE), SpecialTokens.of("<bos>", "<eos>")),
                ReplyFormat.PLAIN,
                before.apply(router),
                ServedModel.PLAIN_SAMPLING,
                1_700_000_000));
        FrontendOptions plain = FrontendOptions.on("127.0.0.1", 0);
        // What a lost worker does to one answer is asked here; that others go on is asked in MigrationTest.
        plain = plain.withGeneration(plain.generation().withMigrations(0, Duration.ZERO));
        node = FrontendNode.start(options.apply(plain), kservePort, models, roster, control);
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    static ServerFixture saying(String text) {
        return new ServerFixture(request -> ScriptedWorker.Script.text(text));
    }

    URI uri(String path) {
        return URI.create(node.url() + path);
    }

    /** A JSON body given with single quotes. */
    HttpResponse<String> post(String path, String body) {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).GET());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).header("content-type", "application/json");
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    /** A chat body of one user message, with further members in single quotes. */
    static String chat(String text, String more) {
        return "{'model':'org/test-model','messages':[{'role':'user','content':'" + text + "'}]"
                + (more.isEmpty() ? "" : "," + more) + "}";
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    /** The data of a stream's events, in order. */
    static List<String> events(String body) {
        List<String> data = new ArrayList<>();
        for (String line : body.split("\n", -1)) {
            if (line.startsWith("data: ")) {
                data.add(line.substring(6));
            }
        }
        return data;
    }

    /** The JSON events of a stream, without the end mark. */
    static List<JsonNode> chunks(String body) {
        return events(body).stream()
                .filter(data -> !data.equals("[DONE]"))
                .map(JSON::readTree)
                .toList();
    }

    /** All content of a chat stream's first choice. */
    static String content(String body) {
        StringBuilder text = new StringBuilder();
        for (JsonNode chunk : chunks(body)) {
            for (JsonNode choice : chunk.path("choices")) {
                if (choice.path("index").asInt() == 0) {
                    text.append(choice.path("delta").path("content").asString(""));
                }
            }
        }
        return text.toString();
    }

    static String error(HttpResponse<String> response, String member) {
        return json(response).path("error").path(member).asString("");
    }

    /** Waits until something holds; the test's time limit ends it otherwise. */
    static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(200_000);
        }
    }

    static <T> T known(@Nullable T value) {
        return Objects.requireNonNull(value);
    }

    @Override
    public void close() {
        client.close();
        node.close();
    }
}
