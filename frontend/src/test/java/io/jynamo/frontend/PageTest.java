package io.jynamo.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page's files: that they are all there, what browsers are told to do with them, and who gets them. */
class PageTest {
    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"(/[^\"]*)\"");
    private static final Pattern IMPORT = Pattern.compile("from '\\./([^']+)'");

    @Test
    void everyFileThatThePageRefersToIsServed() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            Set<String> paths = new HashSet<>(Set.of("/"));
            REFERENCE.matcher(server.get("/").body()).results().forEach(found -> paths.add(found.group(1)));
            Set<String> seen = new HashSet<>();
            while (!seen.equals(paths)) {
                for (String path : List.copyOf(paths)) {
                    seen.add(path);
                    HttpResponse<String> file = server.get(path);
                    assertThat(file.statusCode()).as(path).isEqualTo(200);
                    IMPORT.matcher(file.body()).results().forEach(found -> paths.add("/page/" + found.group(1)));
                }
            }
            assertThat(seen).contains("/page/app.js", "/page/fleet.js", "/page/uplot/uPlot.esm.js", "/page/icon.svg");
        }
    }

    @Test
    void nothingInlineAndNothingFromElsewhere() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            HttpResponse<String> page = server.get("/");
            assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
            assertThat(page.headers().firstValue("content-security-policy").orElse(""))
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.headers().firstValue("x-content-type-options")).contains("nosniff");
            assertThat(page.body())
                    .doesNotContain("<style", " style=", "onclick=", "http:", "https:")
                    .doesNotContainPattern("<script(?![^>]*src=)");
        }
    }

    @Test
    void aBrowserThatHasAFileIsToldSo() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            HttpResponse<String> first = server.get("/page/page.css");
            String tag = first.headers().firstValue("etag").orElseThrow();
            assertThat(first.headers().firstValue("cache-control")).contains("no-cache");
            HttpResponse<String> again = server.send(
                    HttpRequest.newBuilder(server.uri("/page/page.css")).header("If-None-Match", tag));
            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            HttpResponse<String> other = server.send(
                    HttpRequest.newBuilder(server.uri("/page/page.css")).header("If-None-Match", "\"older\""));
            assertThat(other.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void onlyGetAndHeadAreTaken() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            HttpResponse<String> head =
                    server.send(server.request("/page/app.js").method("HEAD", BodyPublishers.noBody()));
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.headers().firstValueAsLong("content-length").orElse(0))
                    .isEqualTo(server.get("/page/app.js").body().length());
            assertThat(server.post("/", "{}").statusCode()).isEqualTo(405);
            assertThat(server.post("/page/app.js", "{}").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void noPathLeadsOutOfThePage() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            for (String path : List.of(
                    "/page/",
                    "/page/index.html",
                    "/page/Page.class",
                    "/page/../page/app.js",
                    "/page/..%2f..%2f..%2fapplication.properties",
                    "/page/%2e%2e/%2e%2e/META-INF/MANIFEST.MF",
                    "/page/uplot/../app.js",
                    "//page/app.js",
                    "/META-INF/resources/webjars/uplot/1.6.30/dist/uPlot.esm.js")) {
                try (RawSocket socket = new RawSocket(server.node.port())) {
                    socket.say("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                    assertThat(socket.rest()).as(path).startsWith("HTTP/1.1 404");
                }
            }
        }
    }

    @Test
    void whereThereIsNoKeyOnlyLoopbackNamesAreAnswered() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            for (String host :
                    List.of("localhost", "LOCALHOST:8000", "127.0.0.1:1", "127.9.9.9", "[::1]:5", "a.localhost")) {
                assertThat(statusByName(server, "/", host)).as(host).isEqualTo("200");
                assertThat(statusByName(server, "/v1/fleet", host)).as(host).isEqualTo("200");
            }
            for (String host :
                    List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "10.0.0.1")) {
                assertThat(statusByName(server, "/", host)).as(host).isEqualTo("403");
                assertThat(statusByName(server, "/page/app.js", host)).as(host).isEqualTo("403");
                assertThat(statusByName(server, "/v1/fleet", host)).as(host).isEqualTo("403");
                assertThat(statusByName(server, "/v1/models", host)).as(host).isEqualTo("200");
            }
        }
    }

    @Test
    void whereThereAreKeysThePageNeedsNoneAndTheFleetDoes() {
        try (ServerFixture server = new ServerFixture(
                new ScriptedWorker(request -> Script.text("x")), options -> options.withApiKeys(List.of("secret")))) {
            assertThat(server.get("/").statusCode()).isEqualTo(200);
            assertThat(server.get("/page/app.js").statusCode()).isEqualTo(200);
            assertThat(statusByName(server, "/", "jynamo.example")).isEqualTo("200");
            for (String path : List.of("/v1/fleet", "/v1/fleet/events")) {
                assertThat(server.get(path).statusCode()).as(path).isEqualTo(401);
            }
            assertThat(server.post("/v1/fleet/workers/7/kill", "{}").statusCode())
                    .isEqualTo(401);
            assertThat(server.send(server.request("/v1/fleet").header("authorization", "Bearer secret"))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static String statusByName(ServerFixture server, String path, String host) {
        try (RawSocket socket = new RawSocket(server.node.port())) {
            socket.say("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
            return socket.rest().substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
        }
    }
}
