package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

class OpenApiTest {
    @Test
    void theServedDescriptionIsTheReviewedOne() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            JsonNode document = JSON.readTree(server.get("/openapi.json").body());
            JsonMapper pretty = JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();
            Golden.check("openapi.json", pretty.writeValueAsString(document).replace("\r\n", "\n") + "\n");
        }
    }

    @Test
    void everyPathItNamesIsServed() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            JsonNode document = JSON.readTree(server.get("/openapi.json").body());
            assertThat(ServerFixture.error(server.get("/v1/streams/none"), "code"))
                    .isEqualTo("stream_expired");
            for (String path : document.path("paths").propertyNames()) {
                if (path.contains("{stream}") || path.contains("{response}")) {
                    continue; // there is none that could be named
                }
                if (path.startsWith("/v1/files") || path.startsWith("/v1/batches")) {
                    continue; // asked in FilesTest, where there is a folder for them
                }
                JsonNode methods = document.path("paths").path(path);
                boolean posts = methods.has("post");
                boolean endless = !methods.at("/get/responses/200/content/text~1event-stream")
                        .isMissingNode();
                String filled = path.replace("{model}", "org/test-model").replace("{id}", "none");
                int status = posts
                        ? server.post(filled, "{}").statusCode()
                        : server.send(
                                        endless
                                                ? server.request(filled).method("HEAD", BodyPublishers.noBody())
                                                : server.request(filled).GET())
                                .statusCode();
                assertThat(status).as(path).isEqualTo(posts ? 400 : 200);
            }
        }
    }

    /** Clients of each kind get errors of the form that is described for their path. */
    @Test
    void theErrorsItDescribesAreTheErrorsAnswered() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            JsonNode document = JSON.readTree(server.get("/openapi.json").body());
            for (String path : List.of("/v1/chat/completions", "/v1/messages", "/v1/messages/count_tokens")) {
                String form = document.path("paths")
                        .path(path)
                        .at("/post/responses/default/$ref")
                        .asString("");
                JsonNode schema = document.at(form.substring(1)).at("/content/application~1json/schema");
                assertFits(JSON.readTree(server.post(path, "{}").body()), schema, path);
            }
        }
    }

    private static void assertFits(JsonNode answered, JsonNode schema, String what) {
        assertThat(schema.path("properties").isObject()).as(what).isTrue();
        for (JsonNode name : schema.path("required")) {
            assertThat(answered.has(name.asString(""))).as(what + ": " + name).isTrue();
        }
        answered.properties().forEach(member -> {
            JsonNode described = schema.path("properties").path(member.getKey());
            assertThat(described.isMissingNode())
                    .as(what + "." + member.getKey())
                    .isFalse();
            if (member.getValue().isObject()) {
                assertFits(member.getValue(), described, what + "." + member.getKey());
            }
            if (described.has("const")) {
                assertThat(member.getValue()).isEqualTo(described.path("const"));
            }
        });
    }

    /** What the description says of a number is what the server does with it. */
    @Test
    void theBoundsItNamesAreTheBoundsEnforced() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            JsonNode document = JSON.readTree(server.get("/openapi.json").body());
            JsonNode fields = document.at(
                    "/paths/~1v1~1chat~1completions/post/requestBody/content/application~1json/schema/properties");
            for (String name : List.of("temperature", "top_p", "min_p", "presence_penalty", "repetition_penalty")) {
                double max = fields.path(name).path("maximum").asDouble();
                assertThat(ask(server, name, max)).as(name).isEqualTo(200);
                assertThat(ask(server, name, max + 0.01)).as(name).isEqualTo(400);
                double min = fields.path(name).has("minimum")
                        ? fields.path(name).path("minimum").asDouble()
                        : fields.path(name).path("exclusiveMinimum").asDouble() + 0.01;
                assertThat(ask(server, name, min)).as(name).isEqualTo(200);
                assertThat(ask(server, name, min - 0.01)).as(name).isEqualTo(400);
            }
        }
    }

    private static int ask(ServerFixture server, String field, double value) {
        return server.post("/v1/chat/completions", ServerFixture.chat("hi", "'" + field + "':" + value))
                .statusCode();
    }
}
