package io.jynamo.frontend.media;

import io.jynamo.protocol.Media;
import io.jynamo.protocol.Modality;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Media that were fetched, for as long as their servers let them be kept; whoever was not asked for longest goes first when the bytes that
 * there are for them are used up. Any thread.
 */
final class MediaCache {
    /**
     * What was asked for.
     *
     * @param apart whose it is alone, or null
     */
    record Key(@Nullable String apart, Modality modality, URI url) {}

    private record Kept(Media media, long untilNanos) {}

    private final long most;
    private final LinkedHashMap<Key, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** @param most bytes of all */
    MediaCache(long most) {
        this.most = most;
    }

    /** What is kept, or null. */
    synchronized @Nullable Media find(Key key, long nowNanos) {
        Kept found = kept.get(key);
        if (found == null) {
            return null;
        }
        if (found.untilNanos() - nowNanos <= 0) {
            remove(key);
            return null;
        }
        return found.media();
    }

    /** @param fresh for how long it is as good as a new one; it is not kept where that is nothing */
    synchronized void keep(Key key, Media media, Duration fresh, long nowNanos) {
        int size = media.bytes().length;
        if (!fresh.isPositive() || size > most) {
            return;
        }
        remove(key);
        kept.put(key, new Kept(media, nowNanos + fresh.toNanos()));
        bytes += size;
        while (bytes > most) {
            Map.Entry<Key, Kept> eldest = kept.firstEntry();
            remove(eldest.getKey());
        }
    }

    synchronized long bytes() {
        return bytes;
    }

    private void remove(Key key) {
        Kept gone = kept.remove(key);
        if (gone != null) {
            bytes -= gone.media().bytes().length;
        }
    }
}
