package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.Refusal.array;
import static io.jynamo.text.tokenizer.Refusal.flag;
import static io.jynamo.text.tokenizer.Refusal.number;
import static io.jynamo.text.tokenizer.Refusal.text;
import static io.jynamo.text.tokenizer.Refusal.unsupported;

import io.jynamo.text.tokenizer.Decoding.Step;
import io.jynamo.text.tokenizer.RewritingPreTokenizers.Prepend;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the decoder of a tokenizer.json into steps that work token by token, so that text can be streamed. */
final class JsonDecoding {
    private static final int MAX_STAGES = 64;

    private final List<Step> steps = new ArrayList<>();
    private boolean byteLevel;
    private boolean byteFallback;
    private boolean fused;
    private boolean firstDiffers;
    private int stripStart;
    private char stripped = ' ';

    private JsonDecoding() {}

    static Decoding.Steps read(@Nullable JsonNode node) {
        var reader = new JsonDecoding();
        if (node == null || node.isNull()) {
            // Without a decoder the library joins tokens by spaces.
            reader.firstDiffers = true;
            reader.steps.add((token, first) -> first ? token : " " + token);
        } else {
            reader.add(node, 0);
        }
        return new Decoding.Steps(
                reader.steps,
                reader.byteLevel,
                reader.byteFallback,
                reader.firstDiffers,
                reader.stripStart,
                reader.stripped);
    }

    private void add(JsonNode node, int depth) {
        String where = "decoder";
        String type = text(node, "type", where);
        if (depth > 8 || steps.size() > MAX_STAGES) {
            throw unsupported("decoders nested or chained too far");
        }
        if ((fused || byteLevel) && !type.equals("Strip") && !type.equals("Fuse") && !type.equals("Sequence")) {
            throw unsupported("the decoder " + type + " after the tokens were joined is not supported");
        }
        if (byteFallback && (type.equals("Replace") || type.equals("Metaspace") || type.equals("WordPiece"))) {
            throw unsupported("the decoder " + type + " after ByteFallback is not supported");
        }
        switch (type) {
            case "Sequence" -> {
                for (JsonNode stage : array(node, "decoders", where)) {
                    add(stage, depth + 1);
                }
            }
            case "ByteLevel" -> byteLevel = true;
            case "ByteFallback" -> byteFallback = true;
            case "Fuse" -> fused = true;
            case "Replace" -> steps.add(replace(node));
            case "Strip" -> strip(node);
            case "Metaspace" -> metaspace(node);
            case "WordPiece" -> wordPiece(node);
            default -> throw unsupported("the decoder " + type + " is not supported");
        }
    }

    private static Step replace(JsonNode node) {
        String content = text(node, "content", "decoder");
        JsonNode pattern = node.path("pattern");
        if (pattern.has("String")) {
            String target = text(pattern, "String", "decoder.pattern");
            return (token, first) -> target.isEmpty() ? token : Growth.replace(token, target, content);
        }
        RegexPattern regex = RegexPattern.compile(text(pattern, "Regex", "decoder.pattern"));
        return (token, first) -> regex.replaceAll(token, content);
    }

    private void strip(JsonNode node) {
        String content = text(node, "content", "decoder");
        int start = number(node, "start", "decoder", 0);
        int stop = number(node, "stop", "decoder", 0);
        if (content.length() != 1 || content.charAt(0) >= 128 || start < 0 || stop < 0) {
            throw unsupported("a Strip decoder of \"" + Vocabulary.shown(content) + "\" is not supported");
        }
        char c = content.charAt(0);
        if (!fused && !byteLevel) {
            steps.add((token, first) -> stripped(token, c, start, stop));
        } else if (stop > 0 || stripStart > 0) {
            throw unsupported("a Strip decoder at the end of a text is not supported");
        } else {
            stripStart = start;
            stripped = c;
        }
    }

    private static String stripped(String token, char c, int start, int stop) {
        int from = 0;
        int to = token.length();
        while (from < to && from < start && token.charAt(from) == c) {
            from++;
        }
        while (to > from && token.length() - to < stop && token.charAt(to - 1) == c) {
            to--;
        }
        return token.substring(from, to);
    }

    private void metaspace(JsonNode node) {
        String mark = text(node, "replacement", "decoder", "\u2581");
        boolean drops = JsonStages.prepend(node, "decoder") != Prepend.NEVER;
        firstDiffers |= drops;
        steps.add((token, first) -> token.replace(mark, first && drops ? "" : " "));
    }

    private void wordPiece(JsonNode node) {
        String prefix = text(node, "prefix", "decoder", "##");
        boolean cleanup = flag(node, "cleanup", "decoder", true);
        firstDiffers = true;
        steps.add((token, first) -> {
            String text = token;
            if (!first) {
                text = token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
            }
            return cleanup ? cleaned(text) : text;
        });
    }

    /** The library's clean-up of spaces before punctuation and contractions. */
    static String cleaned(String text) {
        return text.replace(" .", ".")
                .replace(" ?", "?")
                .replace(" !", "!")
                .replace(" ,", ",")
                .replace(" ' ", "'")
                .replace(" n't", "n't")
                .replace(" 'm", "'m")
                .replace(" do not", " don't")
                .replace(" 's", "'s")
                .replace(" 've", "'ve")
                .replace(" 're", "'re");
    }
}
