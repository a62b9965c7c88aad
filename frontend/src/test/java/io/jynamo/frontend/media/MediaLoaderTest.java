package io.jynamo.frontend.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Media;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs as somebody writes them who wants more than images, and servers that send something else, over real sockets. */
@Timeout(60)
class MediaLoaderTest {
    private static final long FOREVER = Duration.ofMinutes(5).toNanos();
    private static final String AT = "messages[0].content[0].image_url";

    /** Where inner addresses may be asked, as only tests and laboratories allow. */
    private static MediaLimits open() {
        return MediaLimits.DEFAULT.with(1_000_000, 16, List.of(), true);
    }

    private static List<MediaPart> image(String url) {
        return List.of(MediaPart.ofUrl(AT, MediaPart.Form.IMAGE_URL, url, null));
    }

    private static List<Media> load(MediaLoader loader, List<MediaPart> parts) throws InterruptedException {
        try (MediaBudget.Lease lease = loader.budget().open()) {
            return loader.load(parts, lease, System.nanoTime() + FOREVER);
        }
    }

    private static MediaRefusal refused(MediaLimits limits, HostResolver names, String url) {
        try (MediaLoader loader = new MediaLoader(limits, names)) {
            MediaRefusal refusal = catchThrowableOfType(MediaRefusal.class, () -> load(loader, image(url)));
            assertThat(refusal).as(url).isNotNull();
            assertThat(loader.budget().held()).isZero();
            return refusal;
        }
    }

    private static HostResolver always(String... addresses) {
        return host -> {
            List<InetAddress> all = new ArrayList<>();
            for (String address : addresses) {
                all.add(InetAddress.getByName(address));
            }
            return all;
        };
    }

    @Test
    void anImageIsFetchedAndKnownByItsBytes() throws Exception {
        try (RawHttp server = RawHttp.serving("text/plain", Pictures.PNG);
                MediaLoader loader = new MediaLoader(open(), HostResolver.system())) {
            Media media = load(loader, image(server.url("/a.gif?x=1"))).getFirst();
            assertThat(media.type()).isEqualTo("image/png");
            assertThat(media.bytes()).isEqualTo(Pictures.PNG);
            assertThat(server.heads().getFirst())
                    .startsWith("GET /a.gif?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n")
                    .contains("Accept-Encoding: identity");
            assertThat(loader.budget().held()).isZero();
        }
    }

    /** Everything that means this machine or its network to some reader of URLs. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://127.1/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.0.0.1/",
                "http://0177.0.0.1/",
                "http://017700000001/",
                "http://127.0.0.1./",
                "http://0/",
                "http://0.0.0.0/",
                "http://localhost/",
                "http://LOCALHOST./",
                "http://10.1.2.3/",
                "http://172.16.0.1/",
                "http://172.31.255.255/",
                "http://192.168.0.1/",
                "http://169.254.169.254/latest/meta-data/",
                "http://100.64.0.1/",
                "http://100.100.100.200/",
                "http://192.0.0.192/",
                "http://198.18.0.1/",
                "http://224.0.0.1/",
                "http://240.0.0.1/",
                "http://255.255.255.255/",
                "http://168.63.129.16/",
                "http://[::1]/",
                "http://[::]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::ffff:7f00:1]/",
                "http://[::127.0.0.1]/",
                "http://[64:ff9b::7f00:1]/",
                "http://[64:ff9b:1::7f00:1]/",
                "http://[2002:7f00:1::]/",
                "http://[2001:0:7f00:1::]/",
                "http://[2001:db8::1]/",
                "http://[fe80::1]/",
                "http://[fe80::1%25lo]/",
                "http://[fc00::1]/",
                "http://[fd00:ec2::254]/",
                "http://[fec0::1]/",
                "http://[ff02::1]/",
                "http://[100::1]/",
                "http://[5f00::1]/",
                "http://[3fff::1]/",
                "http://user@8.8.8.8/",
                "http://8.8.8.8@127.0.0.1/",
                "http://127.0.0.1#@8.8.8.8/",
                "http://8.8.8.8:99999/",
                "http://8.8.8.8:0/",
                "http://8.8.8.8:22/",
                "http://8.8.8.8:8080/",
                "ftp://8.8.8.8/",
                "file:///etc/passwd",
                "gopher://8.8.8.8/",
                "jar:http://8.8.8.8/a!/b",
                "//8.8.8.8/a",
                "/etc/passwd",
                "http:///a",
                "http://",
                "http://8.8.8.8 .example/",
                "http://8.8.8.8\r\nX: y/",
                "http://\u2488\u2488.example/"
            })
    void whatIsNotPublicIsNotAsked(String url) {
        // What is a name to anybody is one that means loopback here, so nothing may pass for want of a name server.
        HostResolver names = host -> host.matches("[0-9.]+|\\[.*]")
                ? List.of(InetAddress.getAllByName(host))
                : List.of(InetAddress.getLoopbackAddress());
        MediaRefusal refusal = catchThrowableOfType(MediaRefusal.class, () -> {
            try (MediaLoader loader = new MediaLoader(MediaLimits.DEFAULT, names)) {
                load(loader, image(url));
            }
        });
        assertThat(refusal).as(url).isNotNull();
        assertThat(refusal.code()).as(url).isEqualTo(ErrorCode.MEDIA_NOT_ALLOWED);
        assertThat(refusal.getMessage()).doesNotContain("127.0.0.1", "169.254");
    }

    @Test
    void publicAddressesArePublic() throws UnknownHostException {
        for (String address :
                List.of("8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1")) {
            assertThat(PublicAddresses.has(InetAddress.getByName(address)))
                    .as(address)
                    .isTrue();
        }
    }

    /** A name of which one address is inner is refused whole: the next look may bring that one first. */
    @Test
    void aNameIsLookedUpOnceAndAllItsAddressesCount() {
        assertThat(refused(MediaLimits.DEFAULT, always("8.8.8.8", "127.0.0.1"), "http://evil.example/")
                        .code())
                .isEqualTo(ErrorCode.MEDIA_NOT_ALLOWED);
        AtomicInteger looks = new AtomicInteger();
        HostResolver rebinding = host -> {
            String next = looks.incrementAndGet() == 1 ? "127.0.0.1" : "8.8.8.8";
            return List.of(InetAddress.getByName(next));
        };
        refused(MediaLimits.DEFAULT, rebinding, "http://evil.example/");
        assertThat(looks.get()).isEqualTo(1);
    }

    /** The address that was looked at is the one that is asked, whatever the system's names say. */
    @Test
    void theConnectionGoesToTheAddressThatWasLookedAt() throws Exception {
        try (RawHttp server = RawHttp.serving("image/png", Pictures.PNG);
                MediaLoader loader = new MediaLoader(open(), always("127.0.0.1"))) {
            String url = "http://name-of-nobody.invalid:" + server.port() + "/x";
            assertThat(load(loader, image(url)).getFirst().bytes()).isEqualTo(Pictures.PNG);
            assertThat(server.heads().getFirst()).contains("Host: name-of-nobody.invalid:");
        }
    }

    @Test
    void hostsThatDoNotExistAndInnerOnesAreToldAlike() {
        HostResolver none = host -> {
            throw new UnknownHostException(host);
        };
        assertThat(refused(MediaLimits.DEFAULT, none, "http://db.internal/").getMessage())
                .isEqualTo(refused(MediaLimits.DEFAULT, always("10.0.0.1"), "http://db.internal/")
                        .getMessage());
    }

    /** Of a server that is allowed, and leads to one that is not. */
    @Test
    void everyRedirectIsLookedAtAgain() throws Exception {
        try (RawHttp secret = RawHttp.serving("image/png", Pictures.PNG);
                RawHttp first = new RawHttp((head, out) -> out.write(RawHttp.ascii(
                        "HTTP/1.1 302 Found\r\nLocation: http://[::1]:" + secret.port() + "/\r\n\r\n")))) {
            MediaLimits one = MediaLimits.DEFAULT.with(1_000, 16, List.of("127.0.0.1"), true);
            MediaRefusal refusal = refused(one, HostResolver.system(), first.url("/"));
            assertThat(refusal.code()).isEqualTo(ErrorCode.MEDIA_NOT_ALLOWED);
            assertThat(refusal.path()).isEqualTo(AT);
            assertThat(first.heads()).hasSize(1);
            assertThat(secret.heads()).isEmpty();
        }
        for (String to : List.of("file:///etc/passwd", "http://user@127.0.0.1/", "gopher://x/", "http://0x7f.1/")) {
            try (RawHttp first = redirecting(to)) {
                assertThat(refused(open(), HostResolver.system(), first.url("/"))
                                .code())
                        .as(to)
                        .isEqualTo(ErrorCode.MEDIA_NOT_ALLOWED);
            }
        }
        try (RawHttp circle = redirecting("/again")) {
            assertThat(refused(open(), HostResolver.system(), circle.url("/")).getMessage())
                    .contains("redirects more than 3 times");
            assertThat(circle.heads()).hasSize(4);
        }
    }

    private static RawHttp redirecting(String to) {
        return new RawHttp((head, out) -> out.write(RawHttp.ascii("HTTP/1.1 307 x\r\nLocation: " + to + "\r\n\r\n")));
    }

    @Test
    void onlyHostsThatAreAllowedAreAsked() throws Exception {
        MediaLimits limits = MediaLimits.DEFAULT.with(1_000, 16, List.of("Images.Example"), true);
        try (RawHttp server = RawHttp.serving("image/png", Pictures.PNG);
                MediaLoader loader = new MediaLoader(limits, always("127.0.0.1"))) {
            String end = ":" + server.port() + "/";
            assertThat(load(loader, image("http://IMAGES.example" + end))).hasSize(1);
            for (String host : List.of("a.images.example", "images.example.evil.com", "evil.com", "127.0.0.1")) {
                assertThat(refused(limits, always("127.0.0.1"), "http://" + host + end)
                                .getMessage())
                        .contains("--allowed-media-domains");
            }
        }
    }

    @Test
    void whatComesMustBeWhatItIsToBe() throws Exception {
        byte[] html = RawHttp.ascii("<html><script>alert(1)</script></html>");
        try (RawHttp server = RawHttp.serving("image/png", html)) {
            MediaRefusal refusal = refused(open(), HostResolver.system(), server.url("/"));
            assertThat(refusal.code()).isEqualTo(ErrorCode.MEDIA_INVALID);
            assertThat(refusal.getMessage()).doesNotContain("script").contains("PNG");
        }
        try (RawHttp server = RawHttp.serving("image/png", Pictures.MP4)) {
            assertThat(refused(open(), HostResolver.system(), server.url("/")).code())
                    .isEqualTo(ErrorCode.MEDIA_INVALID);
        }
    }

    /** Nothing is decompressed, asked for or not. */
    @Test
    void aBombStaysWhatItIs() throws Exception {
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
            gzip.write(Pictures.png(10 << 20));
        }
        for (String header : List.of("Content-Encoding: gzip\r\n", "Transfer-Encoding: gzip\r\n", "")) {
            try (RawHttp server = new RawHttp((head, out) -> {
                out.write(RawHttp.ascii("HTTP/1.1 200 OK\r\n" + header + "\r\n"));
                out.write(small.toByteArray());
            })) {
                assertThat(refused(open(), HostResolver.system(), server.url("/"))
                                .code())
                        .as(header)
                        .isIn(ErrorCode.MEDIA_UNAVAILABLE, ErrorCode.MEDIA_INVALID);
            }
        }
    }

    @Test
    void aBodyWithoutEndIsCutAtTheLimit() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        RawHttp.Answer endless = (head, out) -> {
            String how = head.startsWith("GET /chunked") ? "Transfer-Encoding: chunked\r\n" : "X: y\r\n";
            out.write(RawHttp.ascii("HTTP/1.1 200 OK\r\n" + how + "\r\n"));
            byte[] piece = Pictures.png(1 << 16);
            while (true) {
                if (head.startsWith("GET /chunked")) {
                    out.write(RawHttp.ascii("10000\r\n"));
                    out.write(piece);
                    out.write(RawHttp.ascii("\r\n"));
                } else {
                    out.write(piece);
                }
                sent.addAndGet(piece.length);
            }
        };
        try (RawHttp server = new RawHttp(endless)) {
            for (String path : List.of("/plain", "/chunked")) {
                assertThat(refused(open(), HostResolver.system(), server.url(path))
                                .code())
                        .isEqualTo(ErrorCode.MEDIA_TOO_LARGE);
            }
        }
        try (RawHttp server = new RawHttp((head, out) -> {
            out.write(RawHttp.ascii("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"));
            out.flush();
            new CountDownLatch(1).await();
        })) {
            assertThat(refused(open(), HostResolver.system(), server.url("/")).code())
                    .isEqualTo(ErrorCode.MEDIA_TOO_LARGE);
        }
    }

    /** A byte at a time keeps every read alive, and the whole must end all the same. */
    @Test
    void aServerThatDripsIsNotWaitedFor() throws Exception {
        for (String begin : List.of("", "HTTP/1.1 200 OK\r\n\r\n")) {
            try (RawHttp server = new RawHttp((head, out) -> {
                out.write(RawHttp.ascii(begin));
                while (true) {
                    out.write('a');
                    out.flush();
                    Thread.sleep(5);
                }
            })) {
                MediaRefusal refusal =
                        refused(open().withFetchTime(Duration.ofMillis(300)), HostResolver.system(), server.url("/"));
                assertThat(refusal.code()).isEqualTo(ErrorCode.MEDIA_UNAVAILABLE);
                assertThat(refusal.getMessage()).contains("within 300 ms");
            }
        }
    }

    /** Who waits for a request in the clear gets the beginning of a handshake, and that is all. */
    @Test
    void httpsIsNeverSpokenInTheClear() throws Exception {
        try (RawHttp server = RawHttp.serving("image/png", Pictures.PNG)) {
            String url = "https://127.0.0.1:" + server.port() + "/secret-path";
            MediaRefusal refusal = refused(open().withFetchTime(Duration.ofMillis(500)), HostResolver.system(), url);
            assertThat(refusal.code()).isEqualTo(ErrorCode.MEDIA_UNAVAILABLE);
            assertThat(String.join("", server.heads())).doesNotContain("GET", "secret-path");
        }
    }

    /** Each is small enough, and together they are not: known before all have come. */
    @Test
    void mediaOfOneRequestTogetherAreBounded() throws Exception {
        MediaLimits limits = new MediaLimits(1_000, 16, 2_500, 100_000, Duration.ofSeconds(5), 4, List.of(), true);
        try (RawHttp server = RawHttp.serving("image/png", Pictures.png(1_000));
                MediaLoader loader = new MediaLoader(limits, HostResolver.system())) {
            for (String url : List.of(server.url("/"), Pictures.url("image/png", Pictures.png(1_000)))) {
                List<MediaPart> three = Collections.nCopies(3, image(url).getFirst());
                MediaRefusal refusal = catchThrowableOfType(MediaRefusal.class, () -> load(loader, three));
                assertThat(refusal.code()).isEqualTo(ErrorCode.MEDIA_TOO_LARGE);
                assertThat(refusal.getMessage()).contains("2500");
                assertThat(loader.budget().held()).isZero();
            }
        }
    }

    @Test
    void aNameServerThatSaysNothingIsNotWaitedFor() {
        HostResolver silent = host -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        };
        MediaLimits limits = MediaLimits.DEFAULT.withFetchTime(Duration.ofMillis(200));
        assertThat(refused(limits, silent, "http://slow.example/").getMessage()).contains("within 200 ms");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SSH-2.0-OpenSSH\r\n",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 404 Not Found\r\n\r\nsecret",
                "HTTP/1.1 100 a\r\n\r\nHTTP/1.1 100 a\r\n\r\nHTTP/1.1 100 a\r\n\r\nHTTP/1.1 100 a\r\n\r\nHTTP/1.1 100 a\r\n\r\n"
            })
    void whatIsNoAnswerIsNoImage(String answer) throws IOException {
        try (RawHttp server = new RawHttp((head, out) -> out.write(RawHttp.ascii(answer)))) {
            MediaRefusal refusal = refused(open(), HostResolver.system(), server.url("/"));
            assertThat(refusal.code()).isEqualTo(ErrorCode.MEDIA_UNAVAILABLE);
            assertThat(refusal.getMessage()).doesNotContain("secret", "SSH");
        }
    }

    @Test
    void headersWithoutEndAreCut() throws IOException {
        try (RawHttp server = new RawHttp((head, out) -> {
            out.write(RawHttp.ascii("HTTP/1.1 200 OK\r\n"));
            while (true) {
                out.write(RawHttp.ascii("X: " + "y".repeat(1_000) + "\r\n"));
            }
        })) {
            assertThat(refused(open(), HostResolver.system(), server.url("/")).code())
                    .isEqualTo(ErrorCode.MEDIA_UNAVAILABLE);
        }
    }

    @Test
    void tenThousandPartsAreRefusedBeforeAnyIsFetched() throws Exception {
        try (RawHttp server = RawHttp.serving("image/png", Pictures.PNG);
                MediaLoader loader = new MediaLoader(open(), HostResolver.system())) {
            List<MediaPart> many =
                    Collections.nCopies(10_000, image(server.url("/")).getFirst());
            MediaRefusal refusal = catchThrowableOfType(MediaRefusal.class, () -> load(loader, many));
            assertThat(refusal.code()).isEqualTo(ErrorCode.MEDIA_TOO_LARGE);
            assertThat(refusal.getMessage()).contains("10000", "--max-media-parts");
            assertThat(server.heads()).isEmpty();
        }
    }

    /** The first that fails ends the others, which would be waited for in vain. */
    @Test
    void oneFailureEndsTheOthers() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (RawHttp server = new RawHttp((head, out) -> {
                    if (head.startsWith("GET /bad")) {
                        out.write(RawHttp.ascii("HTTP/1.1 500 x\r\n\r\n"));
                        return;
                    }
                    try {
                        while (true) {
                            out.write(RawHttp.ascii("HTTP/1.1 103 x\r\n"));
                            out.flush();
                            Thread.sleep(5);
                        }
                    } finally {
                        gone.countDown();
                    }
                });
                MediaLoader loader = new MediaLoader(open(), HostResolver.system())) {
            List<MediaPart> parts = List.of(
                    image(server.url("/slow")).getFirst(),
                    MediaPart.ofUrl("second", MediaPart.Form.IMAGE_URL, server.url("/bad"), null));
            MediaRefusal refusal = catchThrowableOfType(MediaRefusal.class, () -> load(loader, parts));
            assertThat(refusal.path()).isEqualTo("second");
            assertThat(refusal.getMessage()).contains("500");
            gone.await();
        }
    }

    @Test
    void whoIsInterruptedLetsGo() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        try (RawHttp server = new RawHttp((head, out) -> {
                    asked.countDown();
                    try {
                        while (true) {
                            out.write('H');
                            out.flush();
                            Thread.sleep(5);
                        }
                    } finally {
                        gone.countDown();
                    }
                });
                MediaLoader loader = new MediaLoader(open(), HostResolver.system())) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            FutureTask<List<Media>> task = new FutureTask<>(() -> {
                try {
                    return load(loader, image(server.url("/")));
                } catch (InterruptedException e) {
                    thrown.set(e);
                    throw e;
                }
            });
            Thread thread = Thread.ofVirtual().start(task);
            asked.await();
            thread.interrupt();
            thread.join();
            gone.await();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertThat(loader.budget().held()).isZero();
        }
    }

    @Test
    void mediaOfAllRequestsTogetherAreBounded() throws Exception {
        MediaLimits limits = new MediaLimits(1_000, 16, 10_000, 1_500, Duration.ofSeconds(5), 4, List.of(), false);
        try (MediaLoader loader = new MediaLoader(limits, HostResolver.system())) {
            List<MediaPart> one = image(Pictures.url("image/png", Pictures.png(1_000)));
            try (MediaBudget.Lease first = loader.budget().open()) {
                assertThat(loader.load(one, first, FOREVER)).hasSize(1);
                JynamoException full = catchThrowableOfType(JynamoException.class, () -> load(loader, one));
                assertThat(full.code()).isEqualTo(ErrorCode.OVERLOADED);
                assertThat(loader.budget().held()).isEqualTo(1_000);
            }
            assertThat(loader.budget().held()).isZero();
            assertThat(load(loader, one)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data:image/png;base64,",
                "data:image/png,abc",
                "data:image/png;base64,@@@",
                "data:image/png;base64",
                "data:text/html;base64,PGh0bWw+",
                "data:image/svg+xml;base64,PHN2Zz4=",
                "data:;base64,aGVsbG8=",
                "data:audio/wav;base64,UklGRhAAAABXQVZFZm10IA==",
                "DATA:image/png;utf8,x"
            })
    void dataThatIsNoImageIsRefused(String url) {
        MediaRefusal refusal = catchThrowableOfType(MediaRefusal.class, () -> image(url));
        assertThat(refusal).as(url).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.MEDIA_INVALID);
    }

    @Test
    void kindsAreKnownByTheirBytes() {
        assertThat(MediaTypes.find(Pictures.WAV, io.jynamo.protocol.Modality.AUDIO))
                .isEqualTo("audio/wav");
        assertThat(MediaTypes.find(Pictures.MP4, io.jynamo.protocol.Modality.VIDEO))
                .isEqualTo("video/mp4");
        assertThat(MediaTypes.find("ID3".getBytes(StandardCharsets.US_ASCII), io.jynamo.protocol.Modality.AUDIO))
                .isEqualTo("audio/mpeg");
        assertThat(MediaTypes.find(Pictures.PNG, io.jynamo.protocol.Modality.VIDEO))
                .isNull();
    }
}
