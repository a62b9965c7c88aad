package io.jynamo.cli.text;

import io.jynamo.engine.weights.GgufFile;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.runtime.session.RemoteWorker;
import io.jynamo.runtime.session.TextFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Text files of workers, kept by their digest: read once over a session, then from disk, by every frontend of this
 * machine and after every restart.
 */
public final class ReceivedText {
    /** In which the files of one model must have come. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path root;

    /** @param root folder that holds one folder for each model's text */
    public ReceivedText(Path root) {
        this.root = root;
    }

    /** Beside what else is kept for this user. */
    public static ReceivedText ofUser(Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return new ReceivedText(base.resolve("jynamo").resolve("text"));
    }

    /**
     * The text side that a worker's files make, fetched unless they are here.
     *
     * @throws JynamoException as {@link RemoteWorker#fetch}, and as the files' readers; DISK_FULL when they cannot be kept
     */
    public ModelText of(RemoteWorker worker, List<TextFile> files) throws InterruptedException {
        Path folder = root.resolve(OfferedText.digest(files));
        try {
            if (!Files.isDirectory(folder)) {
                fetch(worker, files, folder);
            }
        } catch (IOException full) {
            throw new JynamoException(
                    ErrorCode.DISK_FULL,
                    "the text files of worker " + worker.id() + " cannot be kept in " + root + ": " + full.getMessage(),
                    full);
        }
        return text(folder);
    }

    private void fetch(RemoteWorker worker, List<TextFile> files, Path folder)
            throws IOException, InterruptedException {
        Files.createDirectories(root);
        Path arriving = Files.createTempDirectory(root, ".arriving-");
        try {
            for (TextFile file : files) {
                try (OutputStream out = Files.newOutputStream(arriving.resolve(file.name()))) {
                    worker.fetch(file, out, LIMIT);
                }
            }
            Files.move(arriving, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException another) {
            // Another frontend has fetched the same files meanwhile.
        } catch (FileSystemException maybeAnother) {
            if (!Files.isDirectory(folder)) {
                throw maybeAnother;
            }
        } finally {
            delete(arriving);
        }
    }

    private static ModelText text(Path folder) {
        Path gguf = folder.resolve(OfferedText.GGUF_METADATA);
        return Files.exists(gguf) ? ModelText.ofGguf(GgufFile.metadataOf(gguf)) : ModelText.ofFolder(folder);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> inside = Files.list(folder)) {
            for (Path file : inside.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
