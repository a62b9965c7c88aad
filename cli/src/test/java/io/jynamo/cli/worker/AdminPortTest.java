package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.admin.AdminServer;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.session.Credentials;
import io.jynamo.runtime.session.HostedWorker;
import io.jynamo.runtime.session.SessionLimits;
import io.jynamo.runtime.session.Transport;
import io.jynamo.runtime.session.WorkerDescription;
import io.jynamo.runtime.session.WorkerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The port for whoever runs a process with workers. */
class AdminPortTest {
    private final Transport transport = new Transport(1);
    private final WorkerServer server = WorkerServer.listen(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Credentials.NONE,
            SessionLimits.DEFAULT,
            transport);
    private final HostedWorker worker =
            server.host(WorkerDescription.loading(new WorkerId(0xab), "test", List.of("a \"name\""), "half of it"));
    private final AtomicInteger drained = new AtomicInteger();
    private final AdminServer admin =
            AdminServer.start(0, new WorkerAdmin(server, () -> List.of(worker), "blue", drained::incrementAndGet));
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        client.close();
        admin.close();
        server.close();
        transport.close();
    }

    @Test
    void health_says_how_far_each_worker_is() {
        HttpResponse<String> loading = ask("GET", "/health");
        assertThat(loading.statusCode()).isEqualTo(503);
        JsonNode body = JsonMapper.shared().readTree(loading.body());
        assertThat(body.path("status").asString()).isEqualTo("notready");
        assertThat(body.path("endpoints").path("generate").asString()).isEqualTo("notready");
        assertThat(body.path("uptime").path("secs").isIntegralNumber()).isTrue();
        JsonNode one = body.path("workers").path(0);
        assertThat(one.path("worker_id").asString()).isEqualTo("ab");
        assertThat(one.path("state").asString()).isEqualTo("loading");
        assertThat(one.path("progress").asString()).isEqualTo("half of it");
        assertThat(ask("GET", "/live").statusCode()).isEqualTo(200);
    }

    @Test
    void metrics_are_a_page_for_prometheus() {
        HttpResponse<String> page = ask("GET", "/metrics");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
        assertThat(page.body())
                .contains("# TYPE dynamo_component_requests_total counter")
                .contains("dynamo_component_inflight_requests{dynamo_namespace=\"blue\",dynamo_component=\"worker\","
                        + "dynamo_endpoint=\"generate\"} 0")
                .contains("model=\"a \\\"name\\\"\",worker_id=\"ab\",state=\"loading\"} 1")
                .contains("worker_id=\"ab\",state=\"ready\"} 0");
        assertThat(page.body().lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> line.matches("[a-z_]+\\{.*} [-0-9.E]+"));
    }

    @Test
    void drain_is_for_those_that_have_loaded_and_is_a_post() {
        assertThat(ask("POST", "/drain").statusCode()).as("while it loads").isEqualTo(503);
        assertThat(drained).hasValue(0);
        HttpResponse<String> got = ask("GET", "/drain");
        assertThat(got.statusCode()).isEqualTo(405);
        assertThat(got.headers().firstValue("allow")).hasValue("POST");

        worker.become(WorkerState.DRAINING);
        HttpResponse<String> draining = ask("POST", "/drain");
        assertThat(draining.statusCode()).isEqualTo(200);
        assertThat(draining.body()).isEqualTo("{\"status\":\"draining\",\"running\":0}");
        assertThat(drained).hasValue(1);
    }

    @Test
    void pages_of_the_web_are_refused() throws IOException {
        worker.become(WorkerState.DRAINING);
        String head = "POST /drain HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n";
        assertThat(raw(head + "Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n\r\n"))
                .startsWith("HTTP/1.1 401 ");
        assertThat(raw(head + "Host: evil.example\r\n\r\n")).startsWith("HTTP/1.1 401 ");
        assertThat(raw(head + "Host: evil.example:80\r\n\r\n")).startsWith("HTTP/1.1 401 ");
        assertThat(drained).hasValue(0);
        assertThat(raw(head + "Host: LOCALHOST:9\r\n\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(drained).hasValue(1);
    }

    @Test
    void it_is_reached_over_loopback_alone() throws IOException {
        int port = URI.create(admin.url()).getPort();
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .toList();
        for (InetAddress other : others) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(other, port), 2_000);
                throw new AssertionError("it answers at " + other);
            } catch (IOException refused) {
                assertThat(refused).hasMessageNotContaining("answers");
            }
        }
        assertThat(URI.create(admin.url()).getHost()).isEqualTo("127.0.0.1");
    }

    private HttpResponse<String> ask(String method, String path) {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create(admin.url() + path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    private String raw(String request) throws IOException {
        URI address = URI.create(admin.url());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
