package io.jynamo.text.tokenizer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the goldens and the fetched vocabularies lie, and how a GGUF file's key-values are read for a test. */
final class Corpora {
    private static final Path ROOT = Path.of(System.getProperty("jynamo.root", "."));

    private Corpora() {}

    /** The folder of the goldens; the test is not run where it is not there. */
    static Path goldens() {
        Path folder = ROOT.resolveSibling("shared/data/goldens/tokenizers").normalize();
        assumeTrue(Files.isDirectory(folder), "not run: no goldens at " + folder);
        return folder;
    }

    static Path peers() {
        String set = System.getenv("JYNAMO_PEERS");
        return set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".cache", "jynamo-peers");
    }

    /** The fetched family's folder; the test is not run where it is not there. */
    static Path family(String name) {
        Path folder = peers().resolve("tokenizers/families").resolve(name);
        assumeTrue(Files.isDirectory(folder), "not run: no " + folder + "; run shared/tools/tokenizers/fetch");
        return folder;
    }

    /** The tokenizer of a family of the goldens, however its file is written. */
    static PipelineTokenizer tokenizer(String name) throws IOException {
        Path gguf = switch (name) {
            case "gguf-smollm2" -> peers().resolve("models/SmolLM2-135M-Instruct.Q4_1.gguf");
            case "gguf-gemma3" -> peers().resolve("models/gemma-3-270m-q4_k_m.gguf");
            default -> name.startsWith("gguf-") ? family(name).resolve("vocab.gguf") : Path.of("");
        };
        if (!name.startsWith("gguf-")) {
            return (PipelineTokenizer) Tokenizers.fromFolder(family(name));
        }
        assumeTrue(Files.exists(gguf), "not run: no " + gguf + "; run shared/tools/models/fetch");
        return (PipelineTokenizer) Tokenizers.fromGguf(metadata(gguf));
    }

    /** The key-values of a GGUF file, version 2 or 3. */
    static Map<String, Object> metadata(Path gguf) throws IOException {
        try (var channel = FileChannel.open(gguf, StandardOpenOption.READ)) {
            ByteBuffer file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
            file.position(16);
            long pairs = file.getLong();
            var result = new HashMap<String, Object>();
            for (long i = 0; i < pairs; i++) {
                String key = text(file);
                result.put(key, value(file, file.getInt()));
            }
            return result;
        }
    }

    private static Object value(ByteBuffer file, int type) {
        return switch (type) {
            case 0 -> (long) (file.get() & 0xFF);
            case 1 -> (long) file.get();
            case 2 -> (long) (file.getShort() & 0xFFFF);
            case 3 -> (long) file.getShort();
            case 4 -> file.getInt() & 0xFFFFFFFFL;
            case 5 -> (long) file.getInt();
            case 6 -> (double) file.getFloat();
            case 7 -> file.get() != 0;
            case 8 -> text(file);
            case 9 -> array(file);
            case 10, 11 -> file.getLong();
            case 12 -> file.getDouble();
            default -> throw new IllegalArgumentException("GGUF value type " + type);
        };
    }

    private static Object array(ByteBuffer file) {
        int type = file.getInt();
        int count = (int) file.getLong();
        if (type == 8) {
            var texts = new String[count];
            for (int i = 0; i < count; i++) {
                texts[i] = text(file);
            }
            return texts;
        }
        if (type == 6) {
            var floats = new float[count];
            for (int i = 0; i < count; i++) {
                floats[i] = file.getFloat();
            }
            return floats;
        }
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(value(file, type));
        }
        return list;
    }

    private static String text(ByteBuffer file) {
        var bytes = new byte[(int) file.getLong()];
        file.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
