package io.jynamo.frontend.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jynamo.protocol.Media;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Media fetched by a loader, as tests ask for them. */
final class Fetches {
    static final long FOREVER = Duration.ofMinutes(5).toNanos();
    static final String AT = "messages[0].content[0].image_url";

    private Fetches() {}

    /** Where inner addresses may be asked, as only tests and laboratories allow. */
    static MediaLimits open() {
        return MediaLimits.DEFAULT.with(1_000_000, 16, List.of(), true);
    }

    static List<MediaPart> image(String url) {
        return List.of(MediaPart.ofUrl(AT, MediaPart.Form.IMAGE_URL, url, null));
    }

    static List<Media> load(MediaLoader loader, List<MediaPart> parts) throws InterruptedException {
        try (MediaBudget.Lease lease = loader.budget().open()) {
            return loader.load(parts, MediaOwner.ANYBODY, lease, System.nanoTime() + FOREVER);
        }
    }

    static MediaRefusal refused(MediaLimits limits, HostResolver names, String url) {
        try (MediaLoader loader = new MediaLoader(limits, names, FetchWatch.NONE)) {
            MediaRefusal refusal = catchThrowableOfType(MediaRefusal.class, () -> load(loader, image(url)));
            assertThat(refusal).as(url).isNotNull();
            assertThat(loader.budget().held()).isZero();
            return refusal;
        }
    }

    static HostResolver always(String... addresses) {
        return host -> {
            List<InetAddress> all = new ArrayList<>();
            for (String address : addresses) {
                all.add(InetAddress.getByName(address));
            }
            return all;
        };
    }
}
