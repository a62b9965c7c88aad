package io.jynamo.cli.store;

import io.jynamo.cli.store.HubModel.HubFile;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model of a Hugging Face endpoint: its files, pinned to one commit, each resumed where a broken try left it. */
final class HubSource implements ModelSource {
    private final ModelSpec.Hub spec;
    private final HubSettings settings;
    private final FreeSpace space;

    HubSource(ModelSpec.Hub spec, HubSettings settings, FreeSpace space) {
        this.spec = spec;
        this.settings = settings;
        this.space = space;
    }

    @Override
    public Manifest fetch(Path folder, PullProgress progress) throws IOException {
        try (HubClient client = new HubClient(settings)) {
            HubModel model = describe(client, progress);
            List<HubFile> files = HubSelection.of(spec, model);
            space.require(folder, remaining(folder, files), spec.text());
            var download = new HubDownload(client, spec, model, space, progress);
            for (HubFile file : files) {
                fetch(folder, file, download, progress);
            }
            return new Manifest(spec.text(), settings.endpoint().toString(), model.commit(), model.licence());
        }
    }

    private HubModel describe(HubClient client, PullProgress progress) throws IOException {
        for (int failures = 1; ; failures++) {
            try {
                return client.describe(spec);
            } catch (TryAgain e) {
                if (failures >= settings.retries().attempts()) {
                    throw HubClient.failed(spec, "gave up after " + failures + " tries: " + e.getMessage());
                }
                progress.note(spec.text() + ": " + e.getMessage() + "; trying again");
                settings.retries().beforeNext(failures, e.askedWait());
            }
        }
    }

    private long remaining(Path folder, List<HubFile> files) throws IOException {
        long bytes = 0;
        for (HubFile file : files) {
            Path done = target(folder, file);
            Path part = HubDownload.part(done);
            long here = Files.exists(done) ? file.sizeBytes() : Files.exists(part) ? Files.size(part) : 0;
            bytes += Math.max(0, file.sizeBytes() - here);
        }
        return bytes;
    }

    /** A single GGUF file lies in the model's folder itself, wherever the repository keeps it. */
    private Path target(Path folder, HubFile file) {
        String path = file.path();
        return folder.resolve(spec.file() == null ? path : path.substring(path.lastIndexOf('/') + 1));
    }

    private void fetch(Path folder, HubFile file, HubDownload download, PullProgress progress) throws IOException {
        Path target = target(folder, file);
        if (Files.exists(target)) {
            // Whole when it got its name; looked at again because a power cut may have taken what was not yet on the
            // disk.
            @Nullable Digest digest = file.digest();
            if (digest != null && digest.matches(target)) {
                progress.note(file.path() + ": already here");
                return;
            }
            Files.delete(target);
        }
        if (target.getParent() != null) {
            Files.createDirectories(target.getParent());
        }
        try {
            download.run(file, folder, target);
        } catch (JynamoException e) {
            throw e;
        } catch (IOException e) {
            throw space.explain(e, folder, spec.text(), Math.max(0, file.sizeBytes()));
        }
    }
}
