package io.jynamo.bench.load;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Passages of real prose, markup and code in random order: the documentation and sources below some folders, cut into
 * passages of a few hundred bytes.
 */
final class TextPrompts implements Prompts {
    /** Mean bytes of such text per token over common vocabularies; reports give the tokens that servers counted. */
    private static final double BYTES_PER_TOKEN = 3.9;

    private static final int PASSAGE_BYTES = 600;
    private static final long MOST_BYTES = 16L << 20;

    /** Texts read before; a command reads one set of folders, many times. */
    private static final Map<List<Path>, TextPrompts> READ = new ConcurrentHashMap<>();

    private final List<byte[]> passages;

    private TextPrompts(List<byte[]> passages) {
        this.passages = passages;
    }

    /** The texts below some folders; INVALID_CONFIGURATION when they are too few. */
    static TextPrompts of(List<Path> folders) {
        return READ.computeIfAbsent(List.copyOf(folders), TextPrompts::read);
    }

    private static TextPrompts read(List<Path> folders) {
        List<byte[]> passages = new ArrayList<>();
        long[] left = {MOST_BYTES};
        for (Path folder : folders) {
            read(folder, passages, left);
        }
        if (passages.size() < 100) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "too little text for prompts in " + folders
                            + "; name folders with .md, .txt or .java files by --corpus");
        }
        return new TextPrompts(passages);
    }

    @Override
    public void append(ByteSink target, int tokens, RandomGenerator random) {
        long most = target.size() + Math.round(tokens * BYTES_PER_TOKEN);
        while (target.size() < most) {
            byte[] passage = passages.get(random.nextInt(passages.size()));
            target.add(passage, 0, cut(passage, (int) Math.min(passage.length, most - target.size())));
        }
    }

    /** The longest whole words within {@code most} bytes; all of it where there is no space before. */
    private static int cut(byte[] passage, int most) {
        if (most == passage.length) {
            return most;
        }
        for (int i = most; i > 0; i--) {
            if (passage[i] == ' ') {
                return i;
            }
        }
        return passage.length;
    }

    private static void read(Path folder, List<byte[]> passages, long[] left) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(TextPrompts::isText).sorted().forEach(file -> split(file, passages, left));
        } catch (IOException e) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "cannot read the texts below " + folder, e);
        }
    }

    private static boolean isText(Path file) {
        String name = file.toString();
        return (name.endsWith(".md") || name.endsWith(".txt") || name.endsWith(".java"))
                && !name.contains("/target/")
                && !name.contains("/.git/")
                && !name.contains("/node_modules/");
    }

    private static void split(Path file, List<byte[]> passages, long[] left) {
        String text;
        try {
            text = left[0] <= 0 ? "" : Files.readString(file);
        } catch (CharacterCodingException e) {
            return; // not UTF-8: no text of ours
        } catch (IOException e) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "cannot read " + file, e);
        }
        StringBuilder passage = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            passage.append(line).append('\n');
            if (passage.length() >= PASSAGE_BYTES) {
                byte[] escaped = escape(passage).getBytes(StandardCharsets.UTF_8);
                passages.add(escaped);
                left[0] -= escaped.length;
                passage.setLength(0);
            }
        }
    }

    private static String escape(CharSequence text) {
        StringBuilder escaped = new StringBuilder(text.length() + 32);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> escaped.append("\\\"");
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                case '\t' -> escaped.append("\\t");
                default -> escaped.append(c < ' ' ? ' ' : c);
            }
        }
        return escaped.toString();
    }
}
