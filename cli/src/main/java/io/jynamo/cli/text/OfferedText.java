package io.jynamo.cli.text;

import io.jynamo.engine.weights.GgufFile;
import io.jynamo.engine.weights.Models;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.runtime.session.TextContent;
import io.jynamo.runtime.session.TextFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** The files that a worker offers to frontends, so that they need not have the model themselves. */
public final class OfferedText {
    /** The beginning of a GGUF file, up to where its metadata ends. */
    static final String GGUF_METADATA = "metadata.gguf";

    /** What the text side of a Hugging Face folder is read from. */
    private static final List<String> FOLDER_FILES = List.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "chat_template.json");

    private OfferedText() {}

    /** Of a model's folder or GGUF file. */
    public static List<TextContent> of(Path files) {
        try {
            if (Files.isDirectory(files) && Files.exists(files.resolve("config.json"))) {
                List<TextContent> found = new ArrayList<>();
                for (String name : FOLDER_FILES) {
                    if (Files.isRegularFile(files.resolve(name))) {
                        found.add(TextContent.of(files.resolve(name)));
                    }
                }
                return found;
            }
            return List.of(ggufMetadata(Models.ggufFile(files)));
        } catch (IOException unreadable) {
            throw new JynamoException(
                    ErrorCode.MODEL_FILE_MISSING,
                    "the text files of " + files + " cannot be read: " + unreadable.getMessage(),
                    unreadable);
        }
    }

    /** Of the simulated engine's own model. */
    public static List<TextContent> simulated() {
        return List.of(
                TextContent.of("tokenizer.json", ModelText.resource("simulated-tokenizer.json")),
                TextContent.of("tokenizer_config.json", utf8("{\"eos_token\": \"<|im_end|>\"}")),
                TextContent.of("chat_template.jinja", utf8(ModelText.SIMULATED_TEMPLATE)));
    }

    /** One name for all of them: the digest of their names and digests. */
    public static String digest(List<TextFile> files) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (TextFile file : files) {
                sha256.update(utf8(file.name() + " " + file.digest() + "\n"));
            }
            return java.util.HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static TextContent ggufMetadata(Path path) throws IOException {
        long size;
        try (GgufFile file = GgufFile.open(path)) {
            size = file.metadataSize();
        }
        ByteBuffer beginning = ByteBuffer.allocate(Math.toIntExact(size));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            while (beginning.hasRemaining() && channel.read(beginning) >= 0) {
                // until it is full or the file ends
            }
        }
        return TextContent.of(GGUF_METADATA, beginning.array());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
