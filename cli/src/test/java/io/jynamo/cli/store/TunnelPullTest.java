package io.jynamo.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole pull over https through a proxy's tunnels, by a process of its own that trusts the server's certificate. */
class TunnelPullTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    Path folder;

    /** The process that pulls. */
    static final class Puller {
        private Puller() {}

        public static void main(String[] args) {
            var proxies = Proxies.of(Map.of("https_proxy", args[2]));
            var settings = new HubSettings(
                    URI.create(args[0]), "a-token", Duration.ofSeconds(60), new Retries(3, d -> {}), proxies);
            new ModelStore(Path.of(args[1]), spec -> new HubSource((ModelSpec.Hub) spec, settings, FreeSpace.REAL))
                    .pull("hf:tiny/model", PullProgress.SILENT, (model, licence, terms) -> false);
        }
    }

    private record Ended(int exitCode, String out) {}

    @Test
    void everythingComesThroughTheTunnelsAndGoesOnAfterACut() throws Exception {
        byte[] weights = TinyModel.safetensors(300_000, 3);
        Path identity = identity();
        try (HubServer hub = new HubServer(context(identity));
                ProxyServer proxy = new ProxyServer()) {
            hub.files.put("config.json", TinyModel.config());
            hub.files.put("tokenizer.json", "{}".getBytes(StandardCharsets.UTF_8));
            hub.files.put("model.safetensors", weights);
            hub.requiredToken = "a-token";
            hub.faults.add(new HubServer.Fault.Cut(100_000));
            proxy.tunnelEnd = hub.address();
            proxy.account = "me:word";

            Ended pull = pull(
                    hub,
                    "http://me:word@" + proxy.address(),
                    "-Djavax.net.ssl.trustStore=" + identity,
                    "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);

            assertThat(pull.exitCode()).as(pull.out()).isZero();
            assertThat(folder.resolve("models/hf--tiny--model/model.safetensors"))
                    .hasBinaryContent(weights);
            assertThat(proxy.asked)
                    .contains("CONNECT hub.test:443 HTTP/1.1", "CONNECT storage.test:443 HTTP/1.1")
                    .allMatch(line -> line.startsWith("CONNECT "));
            assertThat(hub.ranges("model.safetensors")).hasSize(2).first().isEqualTo("whole");
            assertThat(hub.toldOfTheProxy).isFalse();
            assertThat(hub.requests)
                    .filteredOn(HubServer.Request::storage)
                    .isNotEmpty()
                    .allMatch(request -> request.authorization() == null);
        }
    }

    @Test
    void aCertificateThatIsNotTrustedEndsThePull() throws Exception {
        try (HubServer hub = new HubServer(context(identity()));
                ProxyServer proxy = new ProxyServer()) {
            proxy.tunnelEnd = hub.address();
            Ended pull = pull(hub, proxy.address());
            assertThat(pull.exitCode()).isNotZero();
            assertThat(pull.out()).contains("hub.test cannot be reached through the proxy", "SSLHandshakeException");
            assertThat(hub.requests).isEmpty();
        }
    }

    private Ended pull(HubServer hub, String proxy, String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(java("java"));
        command.add("-Djdk.http.auth.tunneling.disabledSchemes="); // as ./jynamo has it
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Puller.class.getName()));
        command.addAll(
                List.of(hub.endpoint().toString(), folder.resolve("models").toString(), proxy));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), out);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A key and a certificate that it signed itself, for the two names. */
    private Path identity() throws IOException, InterruptedException {
        Path store = folder.resolve("identity.p12");
        List<String> command = new ArrayList<>(List.of(java("keytool"), "-genkeypair", "-alias", "hub"));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
        command.addAll(List.of("-dname", "CN=hub.test", "-ext", "san=dns:hub.test,dns:storage.test"));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", store.toString()));
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        return store;
    }

    private static SSLContext context(Path identity) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(identity.toFile(), PASSWORD.toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static String java(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }
}
