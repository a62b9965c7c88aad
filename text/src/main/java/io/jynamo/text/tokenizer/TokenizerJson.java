package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.Refusal.corrupt;
import static io.jynamo.text.tokenizer.Refusal.unsupported;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes a tokenizer of a Hugging Face tokenizer.json. */
final class TokenizerJson {
    private static final int MARK = 0x2581;

    private final JsonModel json;
    private final Vocabulary vocabulary;
    private final ObjectNode model;

    private TokenizerJson(JsonModel json) {
        this.json = json;
        this.vocabulary = json.vocabulary;
        this.model = JsonNodeFactory.instance.objectNode();
        json.model.forEach(model::set);
    }

    /**
     * Reads a tokenizer.json and, where given, the added tokens of the tokenizer_config.json beside it.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT, TOKENIZER_UNSUPPORTED
     */
    static PipelineTokenizer read(byte[] file, byte @Nullable [] config) {
        try {
            JsonModel json = JsonModel.read(file);
            return new TokenizerJson(json).build(config);
        } catch (JacksonException e) {
            throw new io.jynamo.protocol.JynamoException(
                    io.jynamo.protocol.ErrorCode.MODEL_FILE_CORRUPT,
                    "tokenizer: not JSON, " + e.getOriginalMessage() + " at byte "
                            + (e.getLocation() == null ? -1 : e.getLocation().getByteOffset()),
                    e);
        }
    }

    private PipelineTokenizer build(byte @Nullable [] config) {
        List<AddedToken> added = addedTokens(config);
        Normalizer normalizer = JsonStages.normalizer(json.field("normalizer"));
        List<PreTokenizer> stages = JsonStages.preTokenizers(json.field("pre_tokenizer"));
        // The alphabet of bytes needs no writing out where the model reads bytes itself.
        boolean overBytes = !stages.isEmpty()
                && stages.getLast() instanceof RewritingPreTokenizers.ByteAlphabet
                && type().equals("BPE");
        if (overBytes) {
            stages.removeLast();
        }
        TokenModel tokenModel = tokenModel(overBytes, stages);
        Decoding.Steps steps = JsonDecoding.read(json.field("decoder"));
        Frame frame = JsonFrame.read(json.field("post_processor"), vocabulary.size());
        return new PipelineTokenizer(new PipelineTokenizer.Parts(
                vocabulary, added, normalizer, chain(stages), tokenModel, frame, Decoding.of(vocabulary, steps, null)));
    }

    static @Nullable PreTokenizer chain(List<PreTokenizer> stages) {
        return switch (stages.size()) {
            case 0 -> null;
            case 1 -> stages.getFirst();
            default -> new RewritingPreTokenizers.Chain(stages);
        };
    }

    private String type() {
        if (model.has("type")) {
            return Refusal.text(model, "type", "model");
        }
        // Older files leave the type out.
        return !json.merges.isEmpty()
                ? "BPE"
                : json.scores != null ? "Unigram" : model.has("continuing_subword_prefix") ? "WordPiece" : "WordLevel";
    }

    private TokenModel tokenModel(boolean overBytes, List<PreTokenizer> stages) {
        String type = type();
        if (vocabulary.size() == 0) {
            throw corrupt("the model has no vocabulary");
        }
        return switch (type) {
            case "BPE" -> bpe(overBytes, stages);
            case "Unigram" -> unigram();
            case "WordPiece" ->
                new WordPieceModel(
                        ByteIndex.of(textKeys()),
                        "",
                        Refusal.text(model, "continuing_subword_prefix", "model", "##"),
                        unknownId("unk_token", "[UNK]"),
                        Refusal.number(model, "max_input_chars_per_word", "model", 100));
            case "WordLevel" -> new WordLevelModel(ByteIndex.of(textKeys()), unknownId("unk_token", "<unk>"));
            default -> throw unsupported("the model " + type + " is not supported");
        };
    }

    private int unknownId(String field, @Nullable String absent) {
        JsonNode named = model.get(field);
        if (named == null || named.isNull()) {
            return absent == null ? -1 : vocabulary.find(absent);
        }
        String text = Refusal.text(model, field, "model");
        int id = vocabulary.find(text);
        if (id < 0 && !text.isEmpty()) {
            throw corrupt("the unknown token \"" + Vocabulary.shown(text) + "\" is not in the vocabulary");
        }
        return id;
    }

    private TokenModel unigram() {
        double[] scores = json.scores;
        if (scores == null) {
            throw corrupt("the Unigram model has no list of scored tokens");
        }
        int unknown = Refusal.number(model, "unk_id", "model", -1);
        if (unknown < -1 || unknown >= scores.length) {
            throw corrupt("model.unk_id is " + unknown + ", outside the vocabulary of " + scores.length);
        }
        var keys = new String[scores.length];
        for (int id = 0; id < keys.length; id++) {
            keys[id] = vocabulary.text(id);
        }
        boolean fallback = Refusal.flag(model, "byte_fallback", "model", false);
        int[] bytes = fallback ? BpeModel.byteTokens(vocabulary) : new int[0];
        return new UnigramModel(keys, scores, bytes, new UnigramModel.Settings(unknown, false));
    }

    private TokenModel bpe(boolean overBytes, List<PreTokenizer> stages) {
        JsonNode dropout = model.path("dropout");
        if (dropout.isNumber() && dropout.doubleValue() != 0) {
            throw unsupported("BPE with dropout is not supported");
        }
        String continuing = Refusal.text(model, "continuing_subword_prefix", "model", "");
        String last = Refusal.text(model, "end_of_word_suffix", "model", "");
        if (overBytes && !(continuing + last).isEmpty()) {
            throw unsupported("byte-level BPE with word prefixes or suffixes is not supported");
        }
        boolean wholeFirst = Refusal.flag(model, "ignore_merges", "model", false);
        boolean fallback = Refusal.flag(model, "byte_fallback", "model", false);
        MergeTable merges = merges(continuing);
        int[] byteIds = overBytes ? byteIds() : fallback ? BpeModel.byteTokens(vocabulary) : noBytes();
        ByteIndex index = !overBytes
                ? ByteIndex.of(textKeys())
                : wholeFirst ? ByteIndex.of(byteKeys()) : ByteIndex.of(new byte[0][]);
        var settings = new BpeModel.Settings(
                overBytes,
                wholeFirst,
                false,
                unknownId("unk_token", null),
                Refusal.flag(model, "fuse_unk", "model", false),
                continuing,
                last);
        var result = new BpeModel(merges, index, byteIds, settings);
        boolean plain = stages.isEmpty() || stages.stream().allMatch(s -> s instanceof SplitPreTokenizer);
        if (!overBytes && result.isComplete() && plain && !wholeFirst && (continuing + last).isEmpty()) {
            stages.add(MarkBoundary.of(vocabulary, MARK));
        }
        return result;
    }

    private MergeTable merges(String continuing) {
        var table = new MergeTable(json.merges.size());
        for (int rank = 0; rank < json.merges.size(); rank++) {
            String merge = json.merges.get(rank);
            int cut = json.mergeCuts[rank];
            int left = vocabulary.find(merge, 0, cut);
            int right = vocabulary.find(merge, cut + 1, merge.length());
            int skipped = right >= 0 && merge.startsWith(continuing, cut + 1) ? continuing.length() : 0;
            int merged = vocabulary.find(merge.substring(0, cut) + merge.substring(cut + 1 + skipped));
            if (left < 0 || right < 0 || merged < 0) {
                throw corrupt("merge " + rank + " \"" + Vocabulary.shown(merge)
                        + "\" names a token that is not in the vocabulary");
            }
            table.put(left, right, rank, merged);
        }
        return table;
    }

    private int[] byteIds() {
        var ids = new int[256];
        for (int b = 0; b < 256; b++) {
            ids[b] = vocabulary.find(String.valueOf(ByteChars.character((byte) b)));
        }
        return ids;
    }

    private static int[] noBytes() {
        var ids = new int[256];
        java.util.Arrays.fill(ids, -1);
        return ids;
    }

    private byte[][] textKeys() {
        var keys = new byte[vocabulary.size()][];
        for (int id = 0; id < keys.length; id++) {
            String text = vocabulary.text(id);
            if (text != null && modelTokens.get(id)) {
                keys[id] = text.getBytes(StandardCharsets.UTF_8);
            }
        }
        return keys;
    }

    private byte[][] byteKeys() {
        var keys = new byte[vocabulary.size()][];
        for (int id = 0; id < keys.length; id++) {
            String text = vocabulary.text(id);
            if (text != null && modelTokens.get(id)) {
                keys[id] = ByteChars.bytes(text);
            }
        }
        return keys;
    }

    /** Ids that the model itself has; added tokens are found by other means. */
    private final BitSet modelTokens = new BitSet();

    private List<AddedToken> addedTokens(byte @Nullable [] config) {
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.text(id) != null) {
                modelTokens.set(id);
            }
        }
        var tokens = new ArrayList<AddedToken>();
        var seen = new BitSet();
        JsonNode listed = json.field("added_tokens");
        if (listed != null && !listed.isNull()) {
            if (!listed.isArray()) {
                throw corrupt("added_tokens is not a list");
            }
            for (JsonNode token : listed) {
                add(token, Refusal.number(token, "id", "added_tokens", -1), tokens, seen);
            }
        }
        if (config != null) {
            JsonNode decoder = JsonModel.MAPPER.readTree(config).path("added_tokens_decoder");
            decoder.properties().forEach(entry -> {
                int id = parsedId(entry.getKey());
                if (!seen.get(id)) {
                    add(entry.getValue(), id, tokens, seen);
                }
            });
        }
        return tokens;
    }

    private static int parsedId(String key) {
        try {
            return Math.max(0, Integer.parseInt(key));
        } catch (NumberFormatException e) {
            throw corrupt("added_tokens_decoder has the id \"" + Vocabulary.shown(key) + "\"");
        }
    }

    private void add(JsonNode token, int id, List<AddedToken> into, BitSet seen) {
        String where = "added_tokens";
        String content = Refusal.text(token, "content", where);
        // A token that the model has keeps the model's id, as in the library.
        int known = vocabulary.find(content);
        int effective = known >= 0 ? known : id;
        vocabulary.add(effective, content);
        seen.set(effective);
        boolean special = Refusal.flag(token, "special", where, false);
        into.add(new AddedToken(
                effective,
                content,
                special,
                Refusal.flag(token, "normalized", where, !special),
                Refusal.flag(token, "lstrip", where, false),
                Refusal.flag(token, "rstrip", where, false),
                Refusal.flag(token, "single_word", where, false)));
    }
}
