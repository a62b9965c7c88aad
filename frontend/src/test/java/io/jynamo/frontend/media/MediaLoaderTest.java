package io.jynamo.frontend.media;

import static io.jynamo.frontend.media.Fetches.FOREVER;
import static io.jynamo.frontend.media.Fetches.image;
import static io.jynamo.frontend.media.Fetches.load;
import static io.jynamo.frontend.media.Fetches.open;
import static io.jynamo.frontend.media.Fetches.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Media;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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

/** Servers that send something else than images, or too much, or too slowly, over real sockets. */
@Timeout(60)
class MediaLoaderTest {
    @Test
    void anImageIsFetchedAndKnownByItsBytes() throws Exception {
        try (RawHttp server = RawHttp.serving("text/plain", Pictures.PNG);
                MediaLoader loader = new MediaLoader(open(), HostResolver.system(), FetchWatch.NONE)) {
            Media media = load(loader, image(server.url("/a.gif?x=1"))).getFirst();
            assertThat(media.type()).isEqualTo("image/png");
            assertThat(media.bytes()).isEqualTo(Pictures.PNG);
            assertThat(server.heads().getFirst())
                    .startsWith("GET /a.gif?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n")
                    .contains("Accept-Encoding: identity");
            assertThat(loader.budget().held()).isZero();
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

    /** Each is small enough, and together they are not: known before all have come. */
    @Test
    void mediaOfOneRequestTogetherAreBounded() throws Exception {
        MediaLimits limits = new MediaLimits(1_000, 16, 2_500, 100_000, Duration.ofSeconds(5), 4, List.of(), true);
        try (RawHttp server = RawHttp.serving("image/png", Pictures.png(1_000));
                MediaLoader loader = new MediaLoader(limits, HostResolver.system(), FetchWatch.NONE)) {
            for (String url : List.of(server.url("/"), Pictures.url("image/png", Pictures.png(1_000)))) {
                List<MediaPart> three = Collections.nCopies(3, image(url).getFirst());
                MediaRefusal refusal = catchThrowableOfType(MediaRefusal.class, () -> load(loader, three));
                assertThat(refusal.code()).isEqualTo(ErrorCode.MEDIA_TOO_LARGE);
                assertThat(refusal.getMessage()).contains("2500");
                assertThat(loader.budget().held()).isZero();
            }
        }
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
                MediaLoader loader = new MediaLoader(open(), HostResolver.system(), FetchWatch.NONE)) {
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
                MediaLoader loader = new MediaLoader(open(), HostResolver.system(), FetchWatch.NONE)) {
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
                MediaLoader loader = new MediaLoader(open(), HostResolver.system(), FetchWatch.NONE)) {
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
        try (MediaLoader loader = new MediaLoader(limits, HostResolver.system(), FetchWatch.NONE)) {
            List<MediaPart> one = image(Pictures.url("image/png", Pictures.png(1_000)));
            try (MediaBudget.Lease first = loader.budget().open()) {
                assertThat(loader.load(one, MediaOwner.ANYBODY, first, FOREVER)).hasSize(1);
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
