package io.jynamo.frontend.media;

import static io.jynamo.frontend.media.Fetches.AT;
import static io.jynamo.frontend.media.Fetches.always;
import static io.jynamo.frontend.media.Fetches.image;
import static io.jynamo.frontend.media.Fetches.load;
import static io.jynamo.frontend.media.Fetches.open;
import static io.jynamo.frontend.media.Fetches.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jynamo.protocol.ErrorCode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs as somebody writes them who wants more than images, over real sockets. */
@Timeout(60)
class MediaUrlsTest {
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
            try (MediaLoader loader = new MediaLoader(MediaLimits.DEFAULT, names, FetchWatch.NONE)) {
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
                MediaLoader loader = new MediaLoader(open(), always("127.0.0.1"), FetchWatch.NONE)) {
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
                MediaLoader loader = new MediaLoader(limits, always("127.0.0.1"), FetchWatch.NONE)) {
            String end = ":" + server.port() + "/";
            assertThat(load(loader, image("http://IMAGES.example" + end))).hasSize(1);
            for (String host : List.of("a.images.example", "images.example.evil.com", "evil.com", "127.0.0.1")) {
                assertThat(refused(limits, always("127.0.0.1"), "http://" + host + end)
                                .getMessage())
                        .contains("--allowed-media-domains");
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
}
