package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.bytes;
import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.path;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Files that clients upload, and batches of requests. */
final class FilesSettings {
    private static final String GROUP = "Files";

    static final Setting<Optional<Path>> FOLDER = new Draft(
                    GROUP,
                    "files-dir",
                    "FOLDER",
                    "Where files and batches are kept, for this process alone; without it there are none. See"
                            + " docs/batch.md.")
            .optional(path());
    static final Setting<Long> FILE_BYTES =
            new Draft(GROUP, "max-file-bytes", "SIZE", "Largest uploaded file.").of(bytes(), "200MiB");
    static final Setting<Long> OWNER_BYTES = new Draft(
                    GROUP, "files-bytes-per-key", "SIZE", "All files of one API key, with what its batches write.")
            .of(bytes(), "4GiB");
    static final Setting<Long> TOTAL_BYTES =
            new Draft(GROUP, "files-bytes", "SIZE", "All files together.").of(bytes(), "16GiB");
    static final Setting<Integer> CONCURRENCY = new Draft(
                    GROUP, "batch-concurrency", "COUNT", "Lines of batches under way at one time.")
            .of(count(1, 10_000), "8");

    /** In the order of help. */
    static final List<Setting<?>> ALL = List.of(FOLDER, FILE_BYTES, OWNER_BYTES, TOTAL_BYTES, CONCURRENCY);

    private FilesSettings() {}

    /** Reads them; what does not go together goes to {@code problems}. */
    static FilesChoice read(Configuration configuration, Problems problems) {
        Optional<Path> folder = configuration.get(FOLDER);
        for (Setting<?> setting : ALL) {
            if (folder.isEmpty() && configuration.isGiven(setting)) {
                problems.add(setting.name() + " needs files-dir, which is missing");
            }
        }
        for (Setting<Long> size : List.of(FILE_BYTES, OWNER_BYTES, TOTAL_BYTES)) {
            if (configuration.get(size) < 1) {
                problems.add(size.name() + " must be at least one byte");
            }
        }
        return new FilesChoice(
                folder,
                configuration.get(FILE_BYTES),
                configuration.get(OWNER_BYTES),
                configuration.get(TOTAL_BYTES),
                configuration.get(CONCURRENCY));
    }
}
