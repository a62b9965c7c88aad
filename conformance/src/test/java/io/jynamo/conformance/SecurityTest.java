package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** API keys, TLS, and who is served without either. */
class SecurityTest {
    private static final List<String> SIM = List.of("--engine", "sim", "--served-model-name", Server.MODEL);
    private static final char[] PASSWORD = "conformance".toCharArray();

    @TempDir
    Path folder;

    private Path certificate;
    private Path key;

    @BeforeEach
    void name_the_files() {
        certificate = folder.resolve("certificate.pem");
        key = folder.resolve("key.pem");
    }

    @Test
    void a_key_is_demanded_where_one_is_set() {
        try (var server = Server.start(SIM, Map.of("JYNAMO_API_KEY", "first, second"))) {
            var nobody = Http.get(server.at("/v1/models"));
            assertThat(nobody.status()).isEqualTo(401);
            assertThat(nobody.error().path("code").asString()).isEqualTo("authentication_required");

            assertThat(withKey(server, "wrong").status()).isEqualTo(401);
            assertThat(withKey(server, "first").status()).isEqualTo(200);
            assertThat(withKey(server, "second").status()).isEqualTo(200);
            assertThat(Http.get(server.at("/live")).status())
                    .as("probes need no key")
                    .isEqualTo(200);
            assertThat(server.log()).doesNotContain("first, second");
        }
    }

    @Test
    void without_a_key_only_loopback_is_served() {
        var run = Command.jynamo("serve", "--engine", "sim", "--port", "0", "--host", "0.0.0.0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("error invalid_configuration: ", "--api-key");
    }

    @Test
    void tls_is_spoken_in_both_versions_of_http() throws Exception {
        try (var server = Server.start(withTls(), Map.of())) {
            assertThat(server.address().getScheme()).isEqualTo("https");
            String url = "https://localhost:" + server.address().getPort() + "/v1/models";

            for (String version : List.of("--http1.1", "--http2")) {
                var run = Command.run(
                        List.of(
                                "curl",
                                "-sS",
                                version,
                                "--cacert",
                                certificate.toString(),
                                "--resolve",
                                "localhost:" + server.address().getPort() + ":127.0.0.1",
                                "-w",
                                "\n%{http_version} %{http_code}",
                                url),
                        Map.of());

                assertThat(run.out()).as(run.err()).contains(Server.MODEL);
                assertThat(run.out()).endsWith(version.equals("--http2") ? "2 200" : "1.1 200");
            }
        }
    }

    @Test
    void many_streams_share_one_connection() throws Exception {
        try (var server = Server.start(withTls(), Map.of())) {
            String url = "https://localhost:" + server.address().getPort() + "/v1/chat/completions";
            String body = "{\"model\":\"" + Server.MODEL + "\",\"max_completion_tokens\":5,\"stream\":true,"
                    + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
            List<String> line = new ArrayList<>(List.of("curl", "--parallel", "--parallel-max", "20"));
            for (int i = 0; i < 20; i++) {
                line.addAll(i == 0 ? List.of() : List.of("--next"));
                line.addAll(List.of("-sS", "--http2", "--cacert", certificate.toString(), "-d", body));
                line.addAll(List.of("-H", "Content-Type: application/json", "-w", "connections %{num_connects}\n"));
                line.addAll(List.of("--resolve", "localhost:" + server.address().getPort() + ":127.0.0.1", url));
            }

            var run = Command.run(line, Map.of());

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out().split("data: \\[DONE\\]", -1)).hasSize(21);
            assertThat(run.out()
                            .lines()
                            .filter(text -> text.equals("connections 0"))
                            .count())
                    .as("streams that needed no connection of their own")
                    .isGreaterThan(10);
        }
    }

    @Test
    void a_certificate_that_is_none_is_named() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.pem"), "not a certificate");

        var run = Command.jynamo(
                "serve",
                "--engine",
                "sim",
                "--port",
                "0",
                "--tls-cert",
                broken.toString(),
                "--tls-key",
                broken.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("error invalid_configuration: ", "broken.pem")
                .doesNotContain("\tat ");
    }

    private static Http.Reply withKey(Server server, String key) {
        return Http.send(HttpRequest.newBuilder(server.at("/v1/models")).header("Authorization", "Bearer " + key));
    }

    private List<String> withTls() throws Exception {
        makeIdentity();
        List<String> arguments = new ArrayList<>(SIM);
        arguments.addAll(List.of("--tls-cert", certificate.toString(), "--tls-key", key.toString()));
        return arguments;
    }

    private void makeIdentity() throws Exception {
        Path store = folder.resolve("identity.p12");
        var made = Command.run(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "it",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD)),
                Map.of());
        assertThat(made.exitCode()).as(made.err()).isZero();
        KeyStore loaded = KeyStore.getInstance(store.toFile(), PASSWORD);
        Files.writeString(
                certificate, pem("CERTIFICATE", loaded.getCertificate("it").getEncoded()));
        Files.writeString(key, pem("PRIVATE KEY", ((PrivateKey) loaded.getKey("it", PASSWORD)).getEncoded()));
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + kind + "-----\n";
    }
}
