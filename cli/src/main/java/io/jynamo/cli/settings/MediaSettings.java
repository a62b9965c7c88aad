package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.bytes;
import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.yesOrNo;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.cli.config.Setting.Kind;
import java.util.List;

/** What images, sounds and films of requests may take, and where they may come from. */
final class MediaSettings {
    private static final String GROUP = "Media";
    private static final long MOST_BYTES = 48L << 20;

    static final Setting<Long> MAX_BYTES = new Draft(
                    GROUP,
                    "max-media-bytes",
                    "SIZE",
                    "Largest image, sound or film of a request, sent or fetched; 48MiB of all of a request together.")
            .of(bytes(), "20MiB");
    static final Setting<Integer> MAX_PARTS = new Draft(
                    GROUP, "max-media-parts", "N", "Images, sounds and films that one request may have; 0 for none.")
            .of(count(0, 1_000), "16");
    static final Setting<List<String>> ALLOWED_DOMAINS = new Draft(
                    GROUP,
                    "allowed-media-domains",
                    "HOST",
                    "The only hosts that media are fetched from, by their whole names, with commas or repeated. By default every public one.")
            .list(Kind.LIST);
    static final Setting<Boolean> ALLOW_PRIVATE = new Draft(
                    GROUP,
                    "allow-private-media",
                    "true|false",
                    "Fetch media from this machine and its network too, on any port: for tests and laboratories only.")
            .of(yesOrNo(), "false");

    /** In the order of help. */
    static final List<Setting<?>> ALL = List.of(MAX_BYTES, MAX_PARTS, ALLOWED_DOMAINS, ALLOW_PRIVATE);

    private MediaSettings() {}

    /** Reads them; what makes no sense goes to {@code problems}. */
    static MediaChoice read(Configuration configuration, Problems problems) {
        if (configuration.get(MAX_BYTES) > MOST_BYTES) {
            problems.add("max-media-bytes must be at most 48MiB, which is what all media of a request may have");
        }
        return new MediaChoice(
                configuration.get(MAX_BYTES),
                configuration.get(MAX_PARTS),
                ForeignSettings.words(configuration.get(ALLOWED_DOMAINS)),
                configuration.get(ALLOW_PRIVATE));
    }
}
