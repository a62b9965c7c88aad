package io.jynamo.frontend.media;

import io.jynamo.protocol.Media;
import io.jynamo.protocol.Modality;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/**
 * Fetches media of URLs that strangers name.
 *
 * <p><b>How it works.</b> Of each URL, and of each that it redirects to, the host is looked up once and all its addresses are looked at; the
 * connection goes to one of those, so that a name which means another address a moment later is of no use. A host without a public address and
 * one that does not exist are told alike: nobody learns the names of an inner network here.
 *
 * <p>Names are looked up on threads of its own, since the system may keep a thread for as long as it likes; all else waits on
 * the caller's, which should be a virtual one and may be interrupted.
 */
final class MediaFetcher implements AutoCloseable {
    private static final int MOST_REDIRECTS = 3;
    private static final int MOST_ADDRESSES = 2;
    private static final int LOOKUPS = 16;
    private static final int WAITING_LOOKUPS = 256;

    private final MediaLimits limits;
    private final HostResolver resolver;
    private final Supplier<SSLSocketFactory> tls;
    private final ThreadPoolExecutor lookups;

    /** @param tls whose trust connections of https need */
    MediaFetcher(MediaLimits limits, HostResolver resolver, Supplier<SSLSocketFactory> tls) {
        this.limits = limits;
        this.resolver = resolver;
        this.tls = tls;
        lookups = new ThreadPoolExecutor(
                LOOKUPS,
                LOOKUPS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_LOOKUPS),
                Thread.ofPlatform().daemon().name("jynamo-media-names-", 0).factory());
        lookups.allowCoreThreadTimeOut(true);
    }

    /**
     * What came.
     *
     * @param fresh for how long it may be kept; what was redirected to is not, for the redirect may not be
     */
    record Fetched(Media media, Duration fresh) {}

    /**
     * What is behind a URL.
     *
     * @param lease holds what comes
     * @throws MediaRefusal whatever is wrong with it
     */
    Fetched fetch(URI first, Modality modality, MediaBudget.Lease lease, long deadlineNanos)
            throws InterruptedException {
        URI url = first;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpFetch.Reply reply = get(url, lease, deadlineNanos);
            if (reply.status() == 200) {
                return new Fetched(
                        DataUrl.checked(reply.body(), modality), redirects == 0 ? reply.fresh() : Duration.ZERO);
            }
            if (reply.location().isEmpty()) {
                throw MediaRefusal.unavailable("was answered with status " + reply.status());
            }
            url = next(url, reply.location());
        }
        throw MediaRefusal.unavailable("redirects more than " + MOST_REDIRECTS + " times");
    }

    private static URI next(URI url, String location) {
        try {
            return RemoteUrl.check(url.resolve(new URI(location)));
        } catch (URISyntaxException | IllegalArgumentException broken) {
            throw MediaRefusal.unavailable("redirects to what is no URL");
        }
    }

    private HttpFetch.Reply get(URI url, MediaBudget.Lease lease, long deadlineNanos) throws InterruptedException {
        String host = RemoteUrl.host(url);
        if (!limits.allows(host)) {
            throw MediaRefusal.notAllowed("is at a host that is not among --allowed-media-domains");
        }
        int port = RemoteUrl.port(url);
        if (port != 80 && port != 443 && !limits.privateAllowed()) {
            throw MediaRefusal.notAllowed("must be a URL of port 80 or 443");
        }
        List<InetAddress> addresses = addresses(host, deadlineNanos);
        try {
            for (int i = 0; ; i++) {
                try {
                    return HttpFetch.get(
                            new HttpFetch.Request(url, addresses.get(i), deadlineNanos, limits.maxBytes(), lease, tls));
                } catch (java.net.ConnectException refused) {
                    if (i + 1 >= Math.min(MOST_ADDRESSES, addresses.size())) {
                        throw refused;
                    }
                }
            }
        } catch (SocketTimeoutException slow) {
            throw late();
        } catch (IOException failed) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw MediaRefusal.unavailable("could not be fetched: the connection failed or what came is no HTTP");
        }
    }

    private List<InetAddress> addresses(String host, long deadlineNanos) throws InterruptedException {
        Future<List<InetAddress>> asked;
        try {
            asked = lookups.submit(() -> resolver.resolve(host));
        } catch (RejectedExecutionException full) {
            throw MediaRefusal.unavailable(
                    "could not be fetched: too many names are being looked up; try again shortly");
        }
        List<InetAddress> found;
        try {
            found = asked.get(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException slow) {
            throw late();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UnknownHostException) {
                throw notPublic();
            }
            throw new IllegalStateException("a name could not be looked up", failed.getCause());
        } finally {
            asked.cancel(true);
        }
        // One bad address condemns them all: which of them another look would bring first, nobody knows.
        boolean good = limits.privateAllowed() || found.stream().allMatch(PublicAddresses::has);
        if (found.isEmpty() || !good) {
            throw notPublic();
        }
        return found;
    }

    private static MediaRefusal notPublic() {
        return MediaRefusal.notAllowed("is at a host that has no public address");
    }

    private MediaRefusal late() {
        return MediaRefusal.unavailable(
                "did not come within " + limits.fetchTime().toMillis() + " ms");
    }

    @Override
    public void close() {
        lookups.shutdownNow();
    }
}
