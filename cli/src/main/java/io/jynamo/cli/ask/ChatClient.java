package io.jynamo.cli.ask;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of one OpenAI server. */
final class ChatClient {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofMinutes(10);
    private static final String DATA = "data:";

    private final URI server;
    private final Optional<String> key;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    ChatClient(URI server, Optional<String> key) {
        this.server = server;
        this.key = key;
    }

    /** Whether something listens there. */
    boolean answers() throws InterruptedException {
        try {
            http.send(request("/live").timeout(SHORT).build(), BodyHandlers.discarding());
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            return true; // it listens; what is wrong with it shows when it is asked
        }
    }

    /**
     * Asks, and passes every piece of the answer on as it arrives.
     *
     * @throws ServerRefusal when the server answers with an error
     * @throws JynamoException WORKER_LOST when the connection breaks
     */
    void ask(Question question, Consumer<String> pieces) throws InterruptedException {
        HttpRequest request = request("/v1/chat/completions")
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body(question)))
                .build();
        HttpResponse<InputStream> response = send(request);
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() != 200) {
                throw refusal(
                        response.statusCode(), String.join("\n", lines.lines().toList()));
            }
            readEvents(lines, pieces);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /**
     * Asks which worker a request would go to.
     *
     * @param body of a chat or completion request
     * @throws ServerRefusal when the server answers with an error
     */
    JsonNode explain(String body) throws InterruptedException {
        HttpRequest request = request("/v1/route/explain")
                .timeout(SHORT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<InputStream> response = send(request);
        try (InputStream in = response.body()) {
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (response.statusCode() != 200) {
                throw refusal(response.statusCode(), answer);
            }
            return JSON.readTree(answer);
        } catch (JacksonException e) {
            throw new ServerRefusal(server + " explains no routes: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** The body of a question, to the model it names or the server's first. */
    String body(Question question) throws InterruptedException {
        String asked = question.model();
        return question.body(JSON, asked == null ? firstModel() : asked);
    }

    private static void readEvents(BufferedReader lines, Consumer<String> pieces) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.startsWith(DATA)) {
                continue;
            }
            String data = line.substring(DATA.length()).strip();
            if (data.equals("[DONE]")) {
                return;
            }
            JsonNode event = JSON.readTree(data);
            if (event.has("error")) {
                throw refusal(200, data);
            }
            JsonNode text = event.path("choices").path(0).path("delta").path("content");
            if (text.isString()) {
                pieces.accept(text.stringValue());
            }
        }
        throw new IOException("the stream ended before it was done");
    }

    private String firstModel() throws InterruptedException {
        HttpResponse<InputStream> response =
                send(request("/v1/models").timeout(SHORT).build());
        try (InputStream body = response.body()) {
            byte[] bytes = body.readAllBytes();
            if (response.statusCode() != 200) {
                throw refusal(response.statusCode(), new String(bytes, StandardCharsets.UTF_8));
            }
            JsonNode id = JSON.readTree(bytes).path("data").path(0).path("id");
            if (!id.isString()) {
                throw new ServerRefusal(server + " serves no model");
            }
            return id.stringValue();
        } catch (JacksonException e) {
            throw new ServerRefusal(server + " is no OpenAI server: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path));
        key.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return request;
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws InterruptedException {
        try {
            return http.send(request, BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private JynamoException lost(IOException e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new JynamoException(
                ErrorCode.WORKER_LOST,
                "no answer from " + server + " (" + why + "). Is a server running there? jynamo serve starts one.",
                e);
    }

    private static ServerRefusal refusal(int status, String body) {
        try {
            JsonNode error = JSON.readTree(body).path("error");
            if (error.path("message").isString()) {
                return new ServerRefusal(error.path("code").asString("") + ": "
                        + error.path("message").stringValue());
            }
        } catch (JacksonException e) {
            // Not an OpenAI error: shown as it came.
        }
        return new ServerRefusal("the server answered " + status + ": " + body);
    }
}
