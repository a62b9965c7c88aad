package io.jynamo.cli.store;

import io.jynamo.cli.store.HubModel.HubFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Brings single files of a repository: by ranges after breaks, into a part file that gets its name when its digest is right. */
final class HubDownload {
    private static final int BUFFER = 1 << 18;

    private final HubClient client;
    private final ModelSpec.Hub spec;
    private final HubModel model;
    private final FreeSpace space;
    private final PullProgress progress;

    HubDownload(HubClient client, ModelSpec.Hub spec, HubModel model, FreeSpace space, PullProgress progress) {
        this.client = client;
        this.spec = spec;
        this.model = model;
        this.space = space;
        this.progress = progress;
    }

    static Path part(Path target) {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    /** The state of one file's download. */
    private static final class State {
        private final HubFile file;
        private final Path part;
        private final Path folder;
        private boolean resumed;
        private long totalBytes;
        private @Nullable Digest digest;

        State(HubFile file, Path part, Path folder) {
            this.file = file;
            this.part = part;
            this.folder = folder;
            this.totalBytes = file.sizeBytes();
            this.digest = file.digest();
        }
    }

    void run(HubFile file, Path folder, Path target) throws IOException {
        var state = new State(file, part(target), folder);
        transfer(state);
        if (!isWhole(state) && state.resumed) {
            progress.note(file.path() + ": what an earlier pull left does not belong to this file; starting over");
            Files.delete(state.part);
            state.resumed = false;
            transfer(state);
        }
        if (!isWhole(state)) {
            String found = state.digest == null ? "" : state.digest.of(state.part);
            Files.delete(state.part);
            throw HubClient.failed(
                    spec,
                    file.path() + " arrived damaged: it should be " + state.digest + " and is " + found
                            + ". It was deleted; pull again, and if that does not help, the endpoint serves a damaged file");
        }
        Files.move(state.part, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean isWhole(State state) throws IOException {
        return state.digest == null || state.digest.matches(state.part);
    }

    private void transfer(State state) throws IOException {
        int failures = 0;
        while (true) {
            long before = size(state);
            try {
                once(state, before);
                return;
            } catch (TryAgain e) {
                failures = size(state) > before ? 1 : failures + 1;
                if (failures >= client.settings().retries().attempts()) {
                    throw HubClient.failed(
                            spec,
                            state.file.path() + ": gave up after " + failures + " tries: " + e.getMessage() + ". "
                                    + size(state) + " bytes are kept; the same command goes on from there");
                }
                progress.note(state.file.path() + ": " + e.getMessage() + "; trying again");
                client.settings().retries().beforeNext(failures, e.askedWait());
            }
        }
    }

    private static long size(State state) throws IOException {
        return Files.exists(state.part) ? Files.size(state.part) : 0;
    }

    private void once(State state, long have) throws IOException {
        long from = have;
        if (state.totalBytes >= 0 && from > state.totalBytes) {
            Files.delete(state.part);
            from = 0;
        }
        if (from > 0 && from == state.totalBytes) {
            state.resumed = true;
            return;
        }
        HttpResponse<InputStream> response = client.open(spec, model, state.file, from);
        try (InputStream body = response.body()) {
            if (response.statusCode() == 416) {
                Files.delete(state.part);
                throw new TryAgain("the endpoint has no bytes past " + from, Duration.ZERO);
            }
            if (response.statusCode() == 200) {
                from = 0;
            } else if (!startsAt(response, from)) {
                Files.deleteIfExists(state.part);
                throw new TryAgain("the endpoint sent another part than was asked for", Duration.ZERO);
            }
            state.resumed |= from > 0;
            learn(state, response, from);
            copy(state, body, from);
        }
    }

    private static boolean startsAt(HttpResponse<?> response, long from) {
        return response.headers().firstValue("content-range").orElse("").startsWith("bytes " + from + "-");
    }

    /** A listing without sizes or digests is made up for by the headers of the answer. */
    private static void learn(State state, HttpResponse<?> response, long from) {
        long length = response.headers().firstValueAsLong("content-length").orElse(-1);
        if (state.totalBytes < 0 && length >= 0) {
            state.totalBytes = from + length;
        }
        if (state.digest == null) {
            state.digest = Digest.recognise(response.headers()
                    .firstValue("x-linked-etag")
                    .or(() -> response.headers().firstValue("etag"))
                    .orElse(null));
        }
    }

    private void copy(State state, InputStream body, long from) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long done = from;
        try (FileChannel out = FileChannel.open(state.part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                StallGuard guard = new StallGuard(body, client.settings().stall())) {
            out.truncate(from);
            out.position(from);
            for (int n = read(body, buffer, guard); n >= 0; n = read(body, buffer, guard)) {
                if (state.totalBytes >= 0 && done + n > state.totalBytes) {
                    Files.delete(state.part);
                    throw HubClient.failed(
                            spec,
                            state.file.path() + " is longer than the " + state.totalBytes
                                    + " bytes the endpoint announced");
                }
                write(state, out, ByteBuffer.wrap(buffer, 0, n), done);
                done += n;
                progress.at(state.file.path(), done, state.totalBytes);
            }
            out.force(true);
        }
        if (state.totalBytes >= 0 && done < state.totalBytes) {
            throw new TryAgain("the connection ended at byte " + done + " of " + state.totalBytes, Duration.ZERO);
        }
    }

    private static int read(InputStream body, byte[] buffer, StallGuard guard) throws IOException {
        try {
            int n = body.read(buffer);
            guard.alive();
            if (n < 0 && guard.stalled()) {
                throw new TryAgain("the connection fell silent", Duration.ZERO);
            }
            return n;
        } catch (TryAgain e) {
            throw e;
        } catch (IOException e) {
            throw new TryAgain(
                    guard.stalled() ? "the connection fell silent" : "the connection broke (" + e + ")", Duration.ZERO);
        }
    }

    private void write(State state, FileChannel out, ByteBuffer bytes, long done) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            long needed = state.totalBytes < 0 ? bytes.remaining() : state.totalBytes - done;
            throw space.explain(e, state.folder, spec.text(), needed);
        }
    }
}
