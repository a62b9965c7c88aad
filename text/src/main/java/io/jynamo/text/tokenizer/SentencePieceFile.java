package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.Refusal.corrupt;
import static io.jynamo.text.tokenizer.Refusal.unsupported;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a tokenizer of a SentencePiece model (tokenizer.model, protobuf {@code ModelProto}). */
final class SentencePieceFile {
    private static final int UNIGRAM = 1;
    private static final int BPE = 2;

    private final List<String> texts = new ArrayList<>();
    private float[] scores = new float[1024];
    private int[] kinds = new int[1024];
    private int modelType = UNIGRAM;
    private boolean byteFallback;
    private boolean whitespaceAsSuffix;
    private String unknownSurface = " \u2047 ";
    private int bos = 1;
    private byte[] charsMap = {};
    private boolean leadingMark = true;
    private boolean dropExtraSpaces = true;
    private boolean marks = true;

    private SentencePieceFile() {}

    /** @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT, TOKENIZER_UNSUPPORTED */
    static PipelineTokenizer read(byte[] file) {
        var model = new SentencePieceFile();
        var wire = new Wire(file);
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> model.piece(wire.message());
                case 2 -> model.trainer(wire.message());
                case 3 -> model.normalizer(wire.message());
                default -> wire.skip();
            }
        }
        return model.build();
    }

    private void piece(Wire wire) {
        String text = null;
        float score = 0;
        long kind = ScoredVocabulary.NORMAL;
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> text = new String(wire.bytes(), StandardCharsets.UTF_8);
                case 2 -> score = wire.single();
                case 3 -> kind = wire.number();
                default -> wire.skip();
            }
        }
        int id = texts.size();
        if (text == null || kind < 1 || kind > 6 || id >= Vocabulary.MAX_ID) {
            throw corrupt("piece " + id + " of the model file has no text or an unknown kind " + kind);
        }
        if (id == scores.length) {
            scores = java.util.Arrays.copyOf(scores, id * 2);
            kinds = java.util.Arrays.copyOf(kinds, id * 2);
        }
        texts.add(text);
        scores[id] = score;
        kinds[id] = (int) kind;
    }

    private void trainer(Wire wire) {
        while (wire.next()) {
            switch (wire.field()) {
                case 3 -> modelType = (int) wire.number();
                case 24 -> whitespaceAsSuffix = wire.number() != 0;
                case 35 -> byteFallback = wire.number() != 0;
                case 41 -> bos = (int) wire.number();
                case 44 -> unknownSurface = new String(wire.bytes(), StandardCharsets.UTF_8);
                default -> wire.skip();
            }
        }
    }

    private void normalizer(Wire wire) {
        while (wire.next()) {
            switch (wire.field()) {
                case 2 -> charsMap = wire.bytes();
                case 3 -> leadingMark = wire.number() != 0;
                case 4 -> dropExtraSpaces = wire.number() != 0;
                case 5 -> marks = wire.number() != 0;
                default -> wire.skip();
            }
        }
    }

    private PipelineTokenizer build() {
        if (texts.isEmpty()) {
            throw corrupt("the model file has no pieces");
        }
        if (whitespaceAsSuffix) {
            throw unsupported("SentencePiece models that write white space as a suffix are not supported");
        }
        int size = texts.size();
        var vocabulary = new ScoredVocabulary(
                texts.toArray(String[]::new),
                java.util.Arrays.copyOf(scores, size),
                java.util.Arrays.copyOf(kinds, size));
        int unknown = vocabulary.firstOf(ScoredVocabulary.UNKNOWN);
        CharsMap map = charsMap.length == 0 ? null : CharsMap.parse(charsMap);
        var normalizer =
                new SentencePieceNormalizer(map, leadingMark, dropExtraSpaces, marks, vocabulary.userDefinedTrie());
        TokenModel model = model(vocabulary, unknown);
        List<AddedToken> added = vocabulary.added(true);
        if (modelType == UNIGRAM) {
            // The lattice weighs user-defined pieces itself.
            added = added.stream().filter(AddedToken::special).toList();
        }
        PreTokenizer preTokenizer = model instanceof BpeModel bpe && bpe.isComplete() && marks
                ? MarkBoundary.of(vocabulary.vocabulary(), 0x2581)
                : null;
        var frame = bos >= 0 && bos < size ? new Frame(new int[] {bos}, new int[0]) : Frame.NONE;
        return new PipelineTokenizer(new PipelineTokenizer.Parts(
                vocabulary.vocabulary(), added, normalizer, preTokenizer, model, frame, decoding(vocabulary)));
    }

    private TokenModel model(ScoredVocabulary vocabulary, int unknown) {
        return switch (modelType) {
            case UNIGRAM -> vocabulary.unigram(unknown, true, byteFallback);
            case BPE -> vocabulary.bpe(unknown);
            default -> throw unsupported("SentencePiece models of type " + modelType + " are not supported");
        };
    }

    /** Control pieces are silent and the unknown one has a surface of its own. */
    private Decoding decoding(ScoredVocabulary vocabulary) {
        var fixed = new byte @Nullable [vocabulary.size()][];
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.kind(id) == ScoredVocabulary.CONTROL) {
                fixed[id] = new byte[0];
            } else if (vocabulary.kind(id) == ScoredVocabulary.UNKNOWN) {
                fixed[id] = unknownSurface.getBytes(StandardCharsets.UTF_8);
            }
        }
        return Decoding.of(vocabulary.vocabulary(), Decoding.Steps.marks(leadingMark || dropExtraSpaces), fixed);
    }
}
