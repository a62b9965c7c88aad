package io.jynamo.frontend.media;

import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Media;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Brings together the media of requests, within limits of count, size, memory and time. */
public final class MediaLoader implements AutoCloseable {
    private final MediaLimits limits;
    private final MediaFetcher fetcher;
    private final MediaBudget budget;
    private final FetchSlots slots;
    private final MediaCache cache;
    private final FetchWatch watch;

    /** One that trusts whom this process trusts. */
    public MediaLoader(MediaLimits limits, HostResolver resolver, FetchWatch watch) {
        this(limits, resolver, watch, () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    MediaLoader(MediaLimits limits, HostResolver resolver, FetchWatch watch, Supplier<SSLSocketFactory> tls) {
        this.limits = limits;
        this.fetcher = new MediaFetcher(limits, resolver, tls);
        this.budget = new MediaBudget(limits);
        this.slots = new FetchSlots(limits.maxFetches());
        this.cache = new MediaCache(limits.maxKeptBytes());
        this.watch = watch;
    }

    /** Bytes of fetched media that are kept for others. */
    public long keptBytes() {
        return cache.bytes();
    }

    /** The memory that media take. */
    public MediaBudget budget() {
        return budget;
    }

    /** Whether anything of them must be fetched, so that {@link #load} waits. */
    public static boolean isRemote(List<MediaPart> parts) {
        return parts.stream().anyMatch(part -> part.source() instanceof MediaPart.Source.Remote);
    }

    /**
     * Their bytes, in their order. The first that fails ends the others.
     *
     * @param owner whose they are
     * @param lease holds them from now on; whoever opened it closes it
     * @param deadlineNanos of the request
     * @throws MediaRefusal with the place of the part
     * @throws io.jynamo.protocol.JynamoException OVERLOADED
     */
    public List<Media> load(List<MediaPart> parts, MediaOwner owner, MediaBudget.Lease lease, long deadlineNanos)
            throws InterruptedException {
        checkInline(parts, lease);
        @Nullable Media[] loaded = new Media[parts.size()];
        for (int i = 0; i < loaded.length; i++) {
            if (parts.get(i).source() instanceof MediaPart.Source.Inline(Media media)) {
                loaded[i] = media;
            }
        }
        if (isRemote(parts)) {
            fetch(parts, loaded, new Wish(owner, lease, end(deadlineNanos)));
        }
        return Arrays.stream(loaded).map(Objects::requireNonNull).toList();
    }

    private void checkInline(List<MediaPart> parts, MediaBudget.Lease lease) {
        if (parts.size() > limits.maxParts()) {
            throw MediaRefusal.tooLarge("have " + parts.size() + " parts of media; a request may have "
                            + limits.maxParts() + " (--max-media-parts)")
                    .at("messages");
        }
        for (MediaPart part : parts) {
            if (part.source() instanceof MediaPart.Source.Inline(Media media)) {
                if (media.bytes().length > limits.maxBytes()) {
                    throw MediaRefusal.tooLarge("is " + media.bytes().length + " bytes; one part may have "
                                    + limits.maxBytes() + " (--max-media-bytes)")
                            .at(part.path());
                }
                try {
                    lease.take(media.bytes().length);
                } catch (MediaRefusal refused) {
                    throw refused.at(part.path());
                }
            }
        }
    }

    private record Fetched(int index, Media media) {}

    /** Who wants media fetched, and until when. */
    private record Wish(MediaOwner owner, MediaBudget.Lease lease, long endNanos) {}

    private long end(long deadlineNanos) {
        return Math.min(deadlineNanos, System.nanoTime() + limits.fetchTime().toNanos());
    }

    private void fetch(List<MediaPart> parts, @Nullable Media[] loaded, Wish wish) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletionService<Fetched> done = new ExecutorCompletionService<>(threads);
            List<MediaPart> remote = new ArrayList<>();
            for (int i = 0; i < loaded.length; i++) {
                if (parts.get(i).source() instanceof MediaPart.Source.Remote(URI url)) {
                    int index = i;
                    remote.add(parts.get(i));
                    done.submit(() -> new Fetched(index, fetch(parts.get(index), url, wish)));
                }
            }
            try {
                while (!remote.isEmpty()) {
                    Future<Fetched> next =
                            done.poll(Math.max(1, wish.endNanos() - System.nanoTime()), TimeUnit.NANOSECONDS);
                    if (next == null) {
                        throw late().at(remote.getFirst().path());
                    }
                    Fetched one = next.get();
                    loaded[one.index()] = one.media();
                    remote.remove(parts.get(one.index()));
                }
            } catch (ExecutionException failed) {
                throw thrown(failed);
            } finally {
                threads.shutdownNow(); // all came, or the rest is not wanted
            }
        }
    }

    private Media fetch(MediaPart part, URI url, Wish wish) throws InterruptedException {
        long began = System.nanoTime();
        var key = new MediaCache.Key(wish.owner().apart(), part.form().modality(), url);
        Media kept = cache.find(key, began);
        FetchWatch.Outcome outcome = FetchWatch.Outcome.ABANDONED;
        long bytes = 0;
        try {
            if (kept != null) {
                wish.lease().take(kept.bytes().length);
                outcome = FetchWatch.Outcome.CACHED;
                return kept;
            }
            MediaFetcher.Fetched fetched = inTurn(key, wish);
            outcome = FetchWatch.Outcome.FETCHED;
            bytes = fetched.media().bytes().length;
            cache.keep(key, fetched.media(), fetched.fresh(), System.nanoTime());
            return fetched.media();
        } catch (MediaRefusal refused) {
            outcome = FetchWatch.Outcome.of(refused.code());
            throw refused.at(part.path());
        } catch (JynamoException failed) {
            outcome = FetchWatch.Outcome.of(failed.code());
            throw failed;
        } finally {
            watch.onFetch(outcome, bytes, System.nanoTime() - began);
        }
    }

    private MediaFetcher.Fetched inTurn(MediaCache.Key key, Wish wish) throws InterruptedException {
        String owner = wish.owner().key();
        if (!slots.acquire(owner, wish.endNanos())) {
            throw late();
        }
        try {
            return fetcher.fetch(key.url(), key.modality(), wish.lease(), wish.endNanos());
        } finally {
            slots.release(owner);
        }
    }

    private MediaRefusal late() {
        return MediaRefusal.unavailable(
                "did not come within " + limits.fetchTime().toMillis() + " ms");
    }

    private static RuntimeException thrown(ExecutionException failed) {
        return failed.getCause() instanceof RuntimeException known
                ? known
                : new IllegalStateException("media could not be fetched", failed.getCause());
    }

    @Override
    public void close() {
        fetcher.close();
    }
}
