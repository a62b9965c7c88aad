package io.jynamo.engine.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The door to model files: a GGUF file or a Hugging Face folder, told apart by what is there. */
public final class Models {
    private Models() {}

    /**
     * Opens a model for computing.
     *
     * @param path a {@code .gguf} file, a folder with config.json, or a folder whose only model is one {@code .gguf} file
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_MISSING, MODEL_FILE_CORRUPT or MODEL_UNSUPPORTED; the message says what and where
     */
    public static ModelWeights open(Path path) {
        return isHuggingFace(path) ? HuggingFaceWeights.open(path) : GgufWeights.open(ggufFile(path));
    }

    /** True for a folder in Hugging Face layout. */
    static boolean isHuggingFace(Path path) {
        return Files.isDirectory(path) && Files.exists(path.resolve("config.json"));
    }

    /**
     * The GGUF file that a path means: itself, or the only one in a folder.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_MISSING when there is none, or more than one to choose from
     */
    public static Path ggufFile(Path path) {
        if (!Files.exists(path)) {
            throw ModelFileProblem.missing(path, "no such file or folder");
        }
        if (!Files.isDirectory(path)) {
            return path;
        }
        List<Path> found = ggufFiles(path);
        if (found.isEmpty()) {
            throw ModelFileProblem.missing(path, "this folder has neither a config.json nor a .gguf file");
        }
        if (found.size() > 1) {
            throw ModelFileProblem.missing(
                    path,
                    "this folder has " + found.size() + " .gguf files; name one, for example " + found.getFirst());
        }
        return found.getFirst();
    }

    private static List<Path> ggufFiles(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(p -> p.getFileName().toString().endsWith(".gguf"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw ModelFileProblem.unreadable(folder, e);
        }
    }
}
