package io.jynamo.frontend.media;

import static io.jynamo.frontend.media.Fetches.FOREVER;
import static io.jynamo.frontend.media.Fetches.always;
import static io.jynamo.frontend.media.Fetches.image;
import static io.jynamo.frontend.media.Fetches.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.jynamo.frontend.TestIdentity;
import io.jynamo.protocol.Media;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which fetched media are kept for whom, what is told of fetches, and whom https trusts. */
@Timeout(60)
class MediaKeepingTest {
    private static final MediaOwner TENANT = new MediaOwner("k", "tenant");

    private final List<FetchWatch.Outcome> outcomes = new CopyOnWriteArrayList<>();
    private final FetchWatch watch = (outcome, bytes, nanos) -> outcomes.add(outcome);

    private MediaLoader loader(MediaLimits limits) {
        return new MediaLoader(limits, HostResolver.system(), watch);
    }

    private static RawHttp serving(String headers, byte[] body) {
        return new RawHttp((head, out) -> {
            out.write(RawHttp.ascii("HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n"));
            out.write(body);
        });
    }

    private static Media load(MediaLoader loader, MediaOwner owner, String url) throws InterruptedException {
        try (MediaBudget.Lease lease = loader.budget().open()) {
            Media media = loader.load(image(url), owner, lease, System.nanoTime() + FOREVER)
                    .getFirst();
            assertThat(loader.budget().held()).isEqualTo(media.bytes().length);
            return media;
        }
    }

    @Test
    void whatMayBeKeptIsAskedForOnceByThoseWhoShare() throws Exception {
        try (RawHttp server = serving("Cache-Control: public, max-age=60\r\n", Pictures.PNG);
                MediaLoader loader = loader(open())) {
            String url = server.url("/");
            assertThat(load(loader, MediaOwner.ANYBODY, url).bytes()).isEqualTo(Pictures.PNG);
            assertThat(load(loader, new MediaOwner("k", null), url).bytes()).isEqualTo(Pictures.PNG);
            assertThat(server.heads()).hasSize(1);
            load(loader, TENANT, url);
            load(loader, TENANT, url);
            load(loader, MediaOwner.ANYBODY, server.url("/?other"));
            assertThat(server.heads()).hasSize(3);
            assertThat(loader.keptBytes()).isEqualTo(3L * Pictures.PNG.length);
            assertThat(outcomes)
                    .containsExactly(
                            FetchWatch.Outcome.FETCHED,
                            FetchWatch.Outcome.CACHED,
                            FetchWatch.Outcome.FETCHED,
                            FetchWatch.Outcome.CACHED,
                            FetchWatch.Outcome.FETCHED);
        }
    }

    @Test
    void whatWasRedirectedToIsNotKept() throws Exception {
        try (RawHttp server = serving("Cache-Control: max-age=60\r\n", Pictures.PNG);
                RawHttp first = new RawHttp((head, out) -> out.write(RawHttp.ascii(
                        "HTTP/1.1 302 x\r\nCache-Control: max-age=60\r\nLocation: " + server.url("/") + "\r\n\r\n")));
                MediaLoader loader = loader(open())) {
            load(loader, MediaOwner.ANYBODY, first.url("/"));
            load(loader, MediaOwner.ANYBODY, first.url("/"));
            assertThat(first.heads()).hasSize(2);
            assertThat(loader.keptBytes()).isZero();
        }
    }

    @Test
    void whatIsKeptIsBounded() throws Exception {
        MediaLimits limits = new MediaLimits(5_000, 16, 50_000, 20_000, Duration.ofSeconds(5), 4, List.of(), true);
        try (RawHttp server = serving("Cache-Control: max-age=60\r\n", Pictures.png(1_000));
                MediaLoader loader = loader(limits)) {
            for (String path : List.of("/a", "/b", "/a", "/c")) {
                load(loader, MediaOwner.ANYBODY, server.url(path));
            }
            assertThat(loader.keptBytes()).isEqualTo(2_000);
            load(loader, MediaOwner.ANYBODY, server.url("/a"));
            assertThat(server.heads()).as("a was asked for last").hasSize(3);
            load(loader, MediaOwner.ANYBODY, server.url("/b"));
            assertThat(server.heads()).hasSize(4);
        }
    }

    @Test
    void failuresAreToldByWhatTheyWere() throws Exception {
        String gone;
        try (RawHttp server = serving("", Pictures.MP4);
                MediaLoader loader = loader(open())) {
            gone = server.url("/");
            assertThatThrownBy(() -> load(loader, TENANT, gone)).isInstanceOf(MediaRefusal.class);
        }
        try (MediaLoader loader = loader(open())) {
            assertThatThrownBy(() -> load(loader, TENANT, gone)).isInstanceOf(MediaRefusal.class);
        }
        try (MediaLoader closed = loader(MediaLimits.DEFAULT)) {
            assertThatThrownBy(() -> load(closed, TENANT, "http://127.0.0.1/")).isInstanceOf(MediaRefusal.class);
        }
        assertThat(outcomes)
                .containsExactly(
                        FetchWatch.Outcome.INVALID, FetchWatch.Outcome.UNAVAILABLE, FetchWatch.Outcome.NOT_ALLOWED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    | 0
                    Cache-Control: max-age=60 | 60
                    cache-control: PUBLIC , Max-Age="60" | 60
                    Cache-Control: max-age=86400 | 300
                    Cache-Control: max-age=60, s-maxage=5 | 5
                    Cache-Control: s-maxage=5, max-age=60 | 5
                    Cache-Control: max-age=60~Age: 50 | 10
                    Cache-Control: max-age=60~Age: 70 | 0
                    Cache-Control: max-age=60~Age: x | 0
                    Cache-Control: max-age=-1 | 0
                    Cache-Control: max-age=60, no-store | 0
                    Cache-Control: max-age=60~Cache-Control: no-store | 0
                    Cache-Control: max-age=60, private | 0
                    Cache-Control: no-cache="x", max-age=60 | 0
                    Cache-Control: max-age=60~Vary: Accept, * | 0
                    Cache-Control: max-age=60~Vary: Accept | 60
                    Cache-Control: max-age=60~Set-Cookie: a=b | 0
                    Expires: Thu, 01 Dec 2094 16:00:00 GMT | 0
                    """)
    void aServerSaysForHowLong(String headers, long seconds) throws IOException {
        String head = "HTTP/1.1 200 OK\r\n" + (headers == null ? "" : headers.replace("~", "\r\n") + "\r\n") + "\r\n";
        assertThat(Freshness.of(ResponseHead.read(new ByteArrayInputStream(RawHttp.ascii(head)))))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void httpsIsFetchedFromWhoIsTrustedAndNamedRightly(@TempDir Path folder) throws Exception {
        TestIdentity identity = TestIdentity.in(folder);
        char[] password = "changeit".toCharArray();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(folder.resolve("store.p12").toFile(), password), password);
        SSLContext own = SSLContext.getInstance("TLS");
        own.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(own));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, Pictures.PNG.length);
            exchange.getResponseBody().write(Pictures.PNG);
            exchange.close();
        });
        server.start();
        String at = ":" + server.getAddress().getPort() + "/cat.png";
        try (MediaLoader trusting = new MediaLoader(
                        open(),
                        always("127.0.0.1"),
                        watch,
                        () -> identity.trusting().getSocketFactory());
                MediaLoader usual = new MediaLoader(open(), always("127.0.0.1"), watch)) {
            assertThat(load(trusting, TENANT, "https://localhost" + at).bytes()).isEqualTo(Pictures.PNG);
            assertThatThrownBy(() -> load(trusting, TENANT, "https://other.example" + at))
                    .isInstanceOf(MediaRefusal.class);
            assertThatThrownBy(() -> load(usual, TENANT, "https://localhost" + at))
                    .isInstanceOf(MediaRefusal.class);
            assertThat(outcomes)
                    .containsExactly(
                            FetchWatch.Outcome.FETCHED, FetchWatch.Outcome.UNAVAILABLE, FetchWatch.Outcome.UNAVAILABLE);
        } finally {
            server.stop(0);
        }
    }
}
