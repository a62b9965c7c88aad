package io.jynamo.text.tokenizer;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/** The ways to a {@link Tokenizer}: from a model's folder, from one of its files, or from the metadata of a GGUF file. */
public final class Tokenizers {
    private static final long MAX_FILE = 1L << 29;

    private Tokenizers() {}

    /**
     * Reads a Hugging Face tokenizer.json.
     *
     * @throws JynamoException MODEL_FILE_MISSING, MODEL_FILE_CORRUPT with what is wrong and where, TOKENIZER_UNSUPPORTED with the stage
     */
    public static Tokenizer fromJson(Path tokenizerJson) {
        return named(tokenizerJson, () -> TokenizerJson.read(bytes(tokenizerJson), null));
    }

    /** The same, of a tokenizer.json's bytes. */
    public static Tokenizer fromJson(byte[] tokenizerJson) {
        return guarded(() -> TokenizerJson.read(tokenizerJson, null));
    }

    /**
     * Reads the tokenizer of a model's folder: tokenizer.json (with the added tokens of tokenizer_config.json), else tekken.json, else
     * tokenizer.model (SentencePiece, or ranks as Llama 4 ships them), else a .tiktoken file with its description beside it.
     *
     * @throws JynamoException MODEL_FILE_MISSING, MODEL_FILE_CORRUPT, TOKENIZER_UNSUPPORTED
     */
    public static Tokenizer fromFolder(Path folder) {
        Path json = folder.resolve("tokenizer.json");
        if (Files.exists(json)) {
            Path config = folder.resolve("tokenizer_config.json");
            byte[] beside = Files.exists(config) ? bytes(config) : null;
            return named(json, () -> TokenizerJson.read(bytes(json), beside));
        }
        Path tekken = folder.resolve("tekken.json");
        if (Files.exists(tekken)) {
            return named(tekken, () -> TekkenFile.read(bytes(tekken)));
        }
        Path model = folder.resolve("tokenizer.model");
        Path spec = folder.resolve("tokenizer.tiktoken.json");
        if (Files.exists(model)) {
            byte[] file = bytes(model);
            return named(
                    model,
                    () -> TiktokenFile.looksLike(file)
                            ? TiktokenFile.read(file, Files.exists(spec) ? bytes(spec) : null)
                            : SentencePieceFile.read(file));
        }
        Path ranks = folder.resolve("tokenizer.tiktoken");
        if (Files.exists(ranks)) {
            return named(ranks, () -> TiktokenFile.read(bytes(ranks), Files.exists(spec) ? bytes(spec) : null));
        }
        throw new JynamoException(
                ErrorCode.MODEL_FILE_MISSING,
                folder
                        + " holds no tokenizer: none of tokenizer.json, tekken.json, tokenizer.model, tokenizer.tiktoken");
    }

    /**
     * Makes the tokenizer that a GGUF file's key-values describe ({@code tokenizer.ggml.*}). Numbers may be of any class, lists arrays or
     * {@link java.util.List}s.
     *
     * @throws JynamoException MODEL_FILE_CORRUPT, TOKENIZER_UNSUPPORTED
     */
    public static Tokenizer fromGguf(Map<String, ?> metadata) {
        return guarded(() -> new GgufTokenizer(metadata).build());
    }

    private static Tokenizer named(Path file, Supplier<Tokenizer> read) {
        try {
            return guarded(read);
        } catch (JynamoException e) {
            throw new JynamoException(e.code(), file + ": " + e.getMessage(), e);
        }
    }

    /** What a broken file makes of code that trusts it: still a named error. */
    private static Tokenizer guarded(Supplier<Tokenizer> read) {
        try {
            return read.get();
        } catch (IndexOutOfBoundsException | ArithmeticException | NegativeArraySizeException | StackOverflowError e) {
            throw new JynamoException(
                    ErrorCode.MODEL_FILE_CORRUPT, "tokenizer: its parts contradict each other: " + e, e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_FILE) {
                throw new JynamoException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        file + " has " + size + " bytes, more than " + MAX_FILE + " for a tokenizer");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new JynamoException(ErrorCode.MODEL_FILE_MISSING, file + " cannot be read: " + e, e);
        }
    }
}
