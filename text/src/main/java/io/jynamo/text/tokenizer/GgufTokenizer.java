package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.Refusal.corrupt;
import static io.jynamo.text.tokenizer.Refusal.unsupported;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a tokenizer of the key-values of a GGUF file. The ids are those of the model family's own library: where llama.cpp differs (no NFC
 * for Qwen, WordPiece and Unigram in details) it is not followed.
 */
final class GgufTokenizer {
    private static final int MARK = 0x2581;
    private static final Set<String> PHI3_UNSTRIPPED = Set.of("<unk>", "<s>", "<|endoftext|>");

    private final GgufValues values;
    private final String[] texts;
    private final int[] kinds;

    GgufTokenizer(Map<String, ?> metadata) {
        this.values = new GgufValues(metadata);
        this.texts = values.texts("tokens").clone();
        if (texts.length == 0 || texts.length > Vocabulary.MAX_ID) {
            throw corrupt("tokenizer.ggml.tokens has " + texts.length + " entries");
        }
        int[] given = values.has("token_type") ? values.integers("token_type") : filled(texts.length);
        if (given.length < texts.length) {
            throw corrupt("tokenizer.ggml.token_type has " + given.length + " entries for " + texts.length + " tokens");
        }
        this.kinds = given.clone();
        for (int id = 0; id < texts.length; id++) {
            if (texts[id].isEmpty()) {
                texts[id] = "[EMPTY_" + id + "]";
            }
        }
    }

    private static int[] filled(int length) {
        var kinds = new int[length];
        Arrays.fill(kinds, ScoredVocabulary.NORMAL);
        return kinds;
    }

    PipelineTokenizer build() {
        String model = values.text("model", "");
        return switch (model) {
            case "gpt2" -> byteLevel();
            case "llama" -> sentencePiece();
            case "gemma4" -> mergedMarks();
            case "bert" -> wordPiece();
            case "t5" -> unigram();
            case "" -> throw corrupt("tokenizer.ggml.model is missing");
            default ->
                throw unsupported(
                        "the tokenizer model \"" + Vocabulary.shown(model) + "\" of the GGUF file is not supported");
        };
    }

    private PipelineTokenizer byteLevel() {
        GgufPatterns patterns = GgufPatterns.of(values.text("pre", ""));
        Vocabulary vocabulary = vocabulary();
        MergeTable merges = merges(vocabulary);
        var byteIds = new int[256];
        for (int b = 0; b < 256; b++) {
            byteIds[b] = vocabulary.find(String.valueOf(ByteChars.character((byte) b)));
        }
        var keys = new byte[patterns.wholeFirst() ? texts.length : 0][];
        for (int id = 0; id < keys.length; id++) {
            keys[id] = isAdded(id) ? null : ByteChars.bytes(texts[id]);
        }
        var settings = new BpeModel.Settings(true, patterns.wholeFirst(), false, -1, false, "", "");
        var model = new BpeModel(merges, ByteIndex.of(keys), byteIds, settings);
        Normalizer normalizer = patterns.composed() ? new UnicodeForm(Form.NFC) : Normalizer.NONE;
        Decoding decoding = Decoding.of(vocabulary, Decoding.Steps.bytes(), addedBytes());
        Frame frame = frame(patterns.begins(), false, -1, -1);
        return tokenizer(vocabulary, normalizer, TokenizerJson.chain(patterns.stages()), model, frame, decoding);
    }

    private PipelineTokenizer sentencePiece() {
        ScoredVocabulary scored = scored();
        boolean leadingMark = values.flag("add_space_prefix", true);
        int unknown = values.id("unknown_token_id", 0, texts.length);
        BpeModel model = scored.bpe(unknown);
        var normalizer = new SentencePieceNormalizer(null, leadingMark, false, true, new ByteTrie());
        PreTokenizer preTokenizer = model.isComplete() ? MarkBoundary.of(scored.vocabulary(), MARK) : null;
        Decoding decoding = Decoding.of(scored.vocabulary(), Decoding.Steps.marks(leadingMark), null);
        return tokenizer(scored.vocabulary(), normalizer, preTokenizer, model, frame(true, false, 1, 2), decoding);
    }

    /** Gemma 4: merges over characters, spaces written as marks, lines cut apart. */
    private PipelineTokenizer mergedMarks() {
        Vocabulary vocabulary = vocabulary();
        var keys = new byte[texts.length][];
        for (int id = 0; id < keys.length; id++) {
            keys[id] = kinds[id] == ScoredVocabulary.BYTE ? null : texts[id].getBytes(StandardCharsets.UTF_8);
        }
        int unknown = values.id("unknown_token_id", -1, texts.length);
        var settings = new BpeModel.Settings(false, false, false, unknown, true, "", "");
        var model = new BpeModel(merges(vocabulary), ByteIndex.of(keys), BpeModel.byteTokens(vocabulary), settings);
        var stages = new ArrayList<PreTokenizer>();
        stages.add(SplitPreTokenizer.byCharacter(c -> c == '\n', SplitBehavior.CONTIGUOUS));
        if (model.isComplete()) {
            stages.add(MarkBoundary.of(vocabulary, MARK));
        }
        var normalizer = new Normalizers.ReplaceText(" ", "\u2581");
        Decoding decoding = Decoding.of(vocabulary, Decoding.Steps.marks(false), null);
        return tokenizer(
                vocabulary, normalizer, TokenizerJson.chain(stages), model, frame(true, false, -1, -1), decoding);
    }

    private PipelineTokenizer wordPiece() {
        Vocabulary vocabulary = vocabulary();
        var keys = new byte[texts.length][];
        Set<String> words = new HashSet<>();
        for (int id = 0; id < keys.length; id++) {
            if (isAdded(id)) {
                words.add(texts[id]);
            } else {
                keys[id] = texts[id].getBytes(StandardCharsets.UTF_8);
            }
        }
        int unknown = values.id("unknown_token_id", 100, texts.length);
        var model = new WordPieceModel(ByteIndex.of(keys), "\u2581", "", unknown, 100);
        var stages = List.<PreTokenizer>of(
                SplitPreTokenizer.byCharacter(CharClass::isSpace, SplitBehavior.REMOVED),
                SplitPreTokenizer.byCharacter(EarlierUnicode::isPunctuation, SplitBehavior.ISOLATED));
        Decoding.Step step = (token, first) -> {
            boolean marked = token.startsWith("\u2581");
            String text = marked ? token.substring(1) : token;
            return JsonDecoding.cleaned(!first && (marked || words.contains(token)) ? " " + text : text);
        };
        var steps = new Decoding.Steps(List.of(step), false, false, true, 0, ' ');
        int cls = values.id("cls_token_id", values.id("bos_token_id", 101, texts.length), texts.length);
        int sep = values.id("seperator_token_id", values.id("eos_token_id", 102, texts.length), texts.length);
        Frame frame = cls < 0 || sep < 0 ? Frame.NONE : new Frame(new int[] {cls}, new int[] {sep});
        return tokenizer(
                vocabulary,
                new Normalizers.Bert(true, true, true, true),
                TokenizerJson.chain(stages),
                model,
                frame,
                Decoding.of(vocabulary, steps, null));
    }

    private PipelineTokenizer unigram() {
        ScoredVocabulary scored = scored();
        byte[] map = values.bytes("precompiled_charsmap");
        Normalizer normalizer = map.length == 0 ? Normalizer.NONE : new Normalizers.Precompiled(CharsMap.parse(map));
        boolean leadingMark = values.flag("add_space_prefix", true);
        var stages = new ArrayList<PreTokenizer>();
        if (values.flag("remove_extra_whitespaces", false)) {
            stages.add(SplitPreTokenizer.byCharacter(CharClass::isSpace, SplitBehavior.REMOVED));
        }
        var prepend = leadingMark ? RewritingPreTokenizers.Prepend.ALWAYS : RewritingPreTokenizers.Prepend.NEVER;
        stages.add(new RewritingPreTokenizers.Metaspace(MARK, prepend, true));
        int unknown = values.id("unknown_token_id", 2, texts.length);
        Decoding.Step step = (token, first) -> token.replace("\u2581", first && leadingMark ? "" : " ");
        var steps = new Decoding.Steps(List.of(step), false, true, leadingMark, 0, ' ');
        return tokenizer(
                scored.vocabulary(),
                normalizer,
                TokenizerJson.chain(stages),
                scored.unigram(unknown, false, false),
                frame(false, true, -1, 1),
                Decoding.of(scored.vocabulary(), steps, null));
    }

    private ScoredVocabulary scored() {
        float[] scores = values.floats("scores");
        if (scores.length < texts.length) {
            throw corrupt("tokenizer.ggml.scores has " + scores.length + " entries for " + texts.length + " tokens");
        }
        return new ScoredVocabulary(texts, scores, kinds);
    }

    private Vocabulary vocabulary() {
        var vocabulary = new Vocabulary(texts.length);
        for (int id = 0; id < texts.length; id++) {
            vocabulary.add(id, texts[id]);
        }
        return vocabulary;
    }

    private MergeTable merges(Vocabulary vocabulary) {
        String[] merges = values.texts("merges");
        var table = new MergeTable(merges.length);
        for (int rank = 0; rank < merges.length; rank++) {
            String merge = merges[rank];
            // A side may itself be a space-like first character, never an ordinary space after it.
            int cut = merge.indexOf(' ', 1);
            int left = cut < 0 ? -1 : vocabulary.find(merge, 0, cut);
            int right = cut < 0 ? -1 : vocabulary.find(merge, cut + 1, merge.length());
            int merged = cut < 0 ? -1 : vocabulary.find(merge.substring(0, cut) + merge.substring(cut + 1));
            if (left < 0 || right < 0 || merged < 0) {
                throw corrupt("tokenizer.ggml.merges[" + rank + "] \"" + Vocabulary.shown(merge)
                        + "\" names a token that is not in the vocabulary");
            }
            table.put(left, right, rank, merged);
        }
        return table;
    }

    /** Added tokens are written as they read, not in the alphabet of bytes. */
    private byte[][] addedBytes() {
        var fixed = new byte[texts.length][];
        for (int id = 0; id < texts.length; id++) {
            if (isAdded(id)) {
                fixed[id] = texts[id].getBytes(StandardCharsets.UTF_8);
            }
        }
        return fixed;
    }

    private boolean isAdded(int id) {
        return kinds[id] == ScoredVocabulary.CONTROL
                || kinds[id] == ScoredVocabulary.UNKNOWN
                || kinds[id] == ScoredVocabulary.USER_DEFINED;
    }

    private Frame frame(boolean begins, boolean ends, int defaultBos, int defaultEos) {
        int bos = values.id("bos_token_id", defaultBos, texts.length);
        int eos = values.id("eos_token_id", defaultEos, texts.length);
        int[] before = values.flag("add_bos_token", begins) && bos >= 0 ? new int[] {bos} : new int[0];
        int[] after = values.flag("add_eos_token", ends) && eos >= 0 ? new int[] {eos} : new int[0];
        return new Frame(before, after);
    }

    private PipelineTokenizer tokenizer(
            Vocabulary vocabulary,
            Normalizer normalizer,
            @Nullable PreTokenizer preTokenizer,
            TokenModel model,
            Frame frame,
            Decoding decoding) {
        var added = new ArrayList<AddedToken>();
        // Phi 3 drops white space after its turn markers; GGUF has no field for that.
        boolean phi3 = values.architecture().equals("phi3");
        for (int id = 0; id < texts.length; id++) {
            if (isAdded(id)) {
                boolean special = kinds[id] != ScoredVocabulary.USER_DEFINED;
                boolean rightStrip = phi3 && !PHI3_UNSTRIPPED.contains(texts[id]);
                boolean leftStrip =
                        texts[id].equals("<mask>") && values.text("model", "").equals("t5");
                added.add(new AddedToken(id, texts[id], special, false, leftStrip, rightStrip, false));
            }
        }
        return new PipelineTokenizer(
                new PipelineTokenizer.Parts(vocabulary, added, normalizer, preTokenizer, model, frame, decoding));
    }
}
