package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.Refusal.corrupt;
import static io.jynamo.text.tokenizer.Refusal.unsupported;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Makes a tokenizer of tiktoken ranks (one base64 token and its rank a line) and a description: pattern, special tokens, normalizer. */
final class TiktokenFile {
    private TiktokenFile() {}

    /** Whether a file called tokenizer.model is ranks rather than a SentencePiece model. */
    static boolean looksLike(byte[] file) {
        int end = 0;
        while (end < file.length && end < 256 && file[end] != '\n') {
            end++;
        }
        return new String(file, 0, end, StandardCharsets.ISO_8859_1).strip().matches("[A-Za-z0-9+/]+=* [0-9]+");
    }

    /** @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT, TOKENIZER_UNSUPPORTED */
    static PipelineTokenizer read(byte[] file, byte @Nullable [] description) {
        if (description == null) {
            throw unsupported(
                    "ranks need their pattern and special tokens: tokenizer.tiktoken.json is not beside them");
        }
        JsonNode spec;
        try {
            spec = JsonModel.MAPPER.readTree(description);
        } catch (JacksonException e) {
            throw corrupt("tokenizer.tiktoken.json is not JSON: " + e.getOriginalMessage());
        }
        byte[][] keys = ranks(file);
        var specials = new ArrayList<AddedToken>();
        JsonNode named = spec.path("special_tokens");
        for (var entry : named.properties()) {
            specials.add(
                    AddedToken.special(Refusal.number(named, entry.getKey(), "special_tokens", -1), entry.getKey()));
        }
        String form = Refusal.text(spec, "normalizer", "tokenizer.tiktoken.json", "");
        Normalizer normalizer = form.isEmpty() ? Normalizer.NONE : new UnicodeForm(form(form));
        String pattern = Refusal.text(spec, "pattern", "tokenizer.tiktoken.json");
        return build(keys, 0, specials, normalizer, pattern, Frame.NONE);
    }

    private static Form form(String name) {
        for (Form form : Form.values()) {
            if (form.name().equals(name)) {
                return form;
            }
        }
        throw unsupported("the normalizer " + name + " is not supported");
    }

    private static byte[][] ranks(byte[] file) {
        var keys = new byte[1 << 16][];
        int size = 0;
        int line = 0;
        for (int from = 0; from < file.length; line++) {
            int to = from;
            int space = -1;
            while (to < file.length && file[to] != '\n') {
                space = file[to] == ' ' ? to : space;
                to++;
            }
            if (to > from) {
                if (space < 0) {
                    throw corrupt("line " + (line + 1) + " of the ranks is not a token and its rank");
                }
                int rank = rank(file, space + 1, to, line);
                if (rank >= keys.length) {
                    keys = Arrays.copyOf(keys, Math.max(rank + 1, keys.length * 2));
                }
                keys[rank] = token(file, from, space, line);
                size = Math.max(size, rank + 1);
            }
            from = to + 1;
        }
        return Arrays.copyOf(keys, size);
    }

    private static byte[] token(byte[] file, int from, int to, int line) {
        try {
            return Base64.getDecoder().decode(Arrays.copyOfRange(file, from, to));
        } catch (IllegalArgumentException e) {
            throw corrupt("line " + (line + 1) + " of the ranks is not base64");
        }
    }

    private static int rank(byte[] file, int from, int to, int line) {
        long rank = from < to ? 0 : -1;
        for (int i = from; i < to && rank >= 0 && rank < Vocabulary.MAX_ID; i++) {
            if (file[i] == '\r') {
                break;
            }
            rank = file[i] >= '0' && file[i] <= '9' ? rank * 10 + file[i] - '0' : -1;
        }
        if (rank < 0 || rank >= Vocabulary.MAX_ID) {
            throw corrupt("line " + (line + 1) + " of the ranks has no rank below " + Vocabulary.MAX_ID);
        }
        return (int) rank;
    }

    /**
     * A byte-level tokenizer whose merges are ranks.
     *
     * @param keys the bytes of each rank, null for holes
     * @param firstId the id of rank 0
     */
    static PipelineTokenizer build(
            byte[][] keys, int firstId, List<AddedToken> specials, Normalizer normalizer, String pattern, Frame frame) {
        int size = firstId + keys.length;
        var vocabulary = new Vocabulary(size + specials.size());
        var byId = new byte[size][];
        var ranks = new int[size];
        Arrays.fill(ranks, -1);
        var byteIds = new int[256];
        Arrays.fill(byteIds, -1);
        for (AddedToken special : specials) {
            vocabulary.add(special.id(), special.content());
        }
        for (int rank = 0; rank < keys.length; rank++) {
            byte[] key = keys[rank];
            if (key == null) {
                continue;
            }
            int id = firstId + rank;
            byId[id] = key;
            ranks[id] = rank;
            if (key.length == 1) {
                byteIds[key[0] & 0xFF] = id;
            }
            vocabulary.add(id, Utf8.string(key, 0, key.length));
        }
        ByteIndex index = ByteIndex.of(byId);
        var settings = new BpeModel.Settings(true, true, false, -1, false, "", "");
        var model = new BpeModel(new ConcatRanks(index, ranks), index, byteIds, settings);
        if (!model.isComplete()) {
            throw corrupt("the ranks lack some of the 256 single bytes");
        }
        Scanner scanner = KnownPatterns.scanner(pattern);
        PreTokenizer preTokenizer = scanner != null
                ? new ScannerPreTokenizer(scanner)
                : SplitPreTokenizer.byPattern(RegexPattern.compile(pattern), SplitBehavior.REMOVED, true);
        byte[][] fixed = Arrays.copyOf(byId, vocabulary.size());
        var steps = new Decoding.Steps(List.of(), false, false, false, 0, ' ');
        return new PipelineTokenizer(new PipelineTokenizer.Parts(
                vocabulary, specials, normalizer, preTokenizer, model, frame, Decoding.of(vocabulary, steps, fixed)));
    }
}
