package io.jynamo.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the proxy variables mean, and pulling through a proxy over real sockets. */
class ProxiesTest {
    @TempDir
    Path root;

    private final byte[] weights = TinyModel.safetensors(200_000, 1);
    private HubServer hub;
    private ProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        hub = new HubServer();
        hub.files.put("config.json", TinyModel.config());
        hub.files.put("tokenizer.json", "{}".getBytes(StandardCharsets.UTF_8));
        hub.files.put("model.safetensors", weights);
        proxy = new ProxyServer();
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
        proxy.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
    void pullsThroughTheProxy(String variable) {
        Path folder = pull(hub.endpoint(), Map.of(variable, "http://" + proxy.address()));
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(proxy.asked).hasSize(hub.requests.size()).allMatch(line -> line.startsWith("GET http://"));
        assertThat(proxy.asked).anyMatch(line -> line.startsWith("GET http://localhost:")); // the storage host
    }

    @Test
    void asksDirectlyWhatTheListNames() {
        pull(hub.endpoint(), Map.of("http_proxy", proxy.address(), "NO_PROXY", "example.org, 127.0.0.1"));
        assertThat(proxy.asked).isNotEmpty().allMatch(line -> line.startsWith("GET http://localhost:"));
    }

    @Test
    void tellsTheProxyWhoAsks() {
        proxy.account = "me:p@ss";
        var variables = Map.of("http_proxy", "http://me:p%40ss@" + proxy.address());
        assertThat(pull(hub.endpoint(), variables).resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(hub.requests).allSatisfy(r -> assertThat(r.authorization()).isNull());
        assertThat(settings(hub.endpoint(), variables).toString()).doesNotContain("p@ss", "p%40ss");
    }

    @Test
    void opensATunnelForHttpsAndTellsTheProxyThereToo() {
        proxy.account = "me:word";
        assertThatThrownBy(() -> pull(
                        URI.create("https://hub.invalid"),
                        Map.of("HTTPS_PROXY", "me:word@" + proxy.address(), "http_proxy", "127.0.0.1:1")))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PULL_FAILED));
        assertThat(proxy.asked).isNotEmpty().allMatch(line -> line.equals("CONNECT hub.invalid:443 HTTP/1.1"));
    }

    @Test
    void aProxyThatIsNotThereIsNamed() throws IOException {
        String gone = proxy.address();
        proxy.close();
        assertThatThrownBy(() -> pull(hub.endpoint(), Map.of("http_proxy", gone)))
                .hasMessageContaining("cannot be reached through the proxy " + gone);
        assertThat(hub.requests).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://hub.example.org/x,  p:8080",
        "http://hub.example.org/x,   q:80",
        "https://HUB.inside.lan/x,   ",
        "https://inside.lan/x,       ",
        "https://notinside.lan/x,    p:8080",
        "https://a.dotted.net/x,     ",
        "https://10.1.2.3/x,         ",
        "https://only.port:8443/x,   ",
        "https://only.port/x,        p:8080",
        "https://[::1]:7/x,          "
    })
    void whoIsAskedThroughWhat(URI uri, String through) {
        Proxies proxies = Proxies.of(Map.of(
                "https_proxy", "http://p:8080",
                "HTTPS_PROXY", "http://capitals:1",
                "http_proxy", "q",
                "no_proxy", "inside.lan,.dotted.net, 10.1.2.3 only.port:8443,[::1]"));
        assertThat(proxies.find(uri)).isEqualTo(through);
    }

    @ParameterizedTest
    @CsvSource({
        "https://10.255.0.1/x,          ",
        "https://11.0.0.1/x,            p:1",
        "https://192.168.7.31/x,        ",
        "https://192.168.7.32/x,        p:1",
        "https://[::ffff:10.1.2.3]/x,   ",
        "https://[fd12:3456::1]/x,      ",
        "https://[fe00::1]/x,           p:1",
        "https://[2001:db8:0:8::1]/x,   ",
        "https://[2001:db8:0:10::1]/x,  p:1",
        "https://[0:0:0:0:0:0:0:1]/x,   ",
        "https://172.16.0.9/x,          ",
        "https://172.16.0.8/x,          p:1",
        "https://10.example.org/x,      p:1"
    })
    void rangesOfAddressesAreAskedDirectly(URI uri, String through) {
        Proxies proxies = Proxies.of(Map.of(
                "all_proxy",
                "p:1",
                "no_proxy",
                "10.0.0.0/8,192.168.7.16/28, fd00::/8 2001:db8:0:8::/61,::1,172.16.0.9/32,"
                        + "1.2.3.4/33,1.2.3.4/-1,1.2.3.4/,/8,x/8,fd00::/129"));
        assertThat(proxies.find(uri)).isEqualTo(through);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0/0", "::/0"})
    void aRangeOfNoBitsIsEveryAddressOfItsKindAndNoName(String range) {
        Proxies proxies = Proxies.of(Map.of("all_proxy", "p:1", "no_proxy", range));
        boolean four = range.startsWith("0");
        assertThat(proxies.find(URI.create("http://203.0.113.9"))).isEqualTo(four ? null : "p:1");
        assertThat(proxies.find(URI.create("http://[2001:db8::1]"))).isEqualTo(four ? "p:1" : null);
        assertThat(proxies.find(URI.create("http://example.org"))).isEqualTo("p:1");
    }

    @Test
    void aStarStandsForAll() {
        Proxies proxies = Proxies.of(Map.of("all_proxy", "p:1", "no_proxy", "*"));
        assertThat(proxies.find(URI.create("https://example.org"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://me:secret@p:1080", "https://me:secret@p:1", "http://", "http://me:secret@a b"})
    void otherKindsAreRefusedByNameAndWithoutTheirPassword(String address) {
        assertThatThrownBy(() -> HubSettings.of(Map.of("HTTPS_PROXY", address)))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("https_proxy")
                .hasMessageNotContaining("secret");
    }

    private Path pull(URI endpoint, Map<String, String> variables) {
        HubSettings settings = settings(endpoint, variables);
        return new ModelStore(root, spec -> new HubSource((ModelSpec.Hub) spec, settings, FreeSpace.REAL))
                .pull("hf:tiny/model", PullProgress.SILENT, (model, licence, terms) -> false);
    }

    private static HubSettings settings(URI endpoint, Map<String, String> variables) {
        return new HubSettings(endpoint, null, Duration.ofSeconds(20), new Retries(2, d -> {}), Proxies.of(variables));
    }
}
