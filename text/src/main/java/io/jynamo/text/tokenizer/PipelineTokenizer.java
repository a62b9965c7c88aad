package io.jynamo.text.tokenizer;

import io.jynamo.text.Encoded;
import io.jynamo.text.IncrementalDecoder;
import io.jynamo.text.Tokenizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The one tokenizer: added tokens, normalizer, pre-tokenizer, model, frame and decoding, each of them data read from a file.
 *
 * <p>How it works: added tokens written as such are cut out of the text; what is between is normalized, added tokens in normalized spelling
 * are cut out of that; the rest becomes UTF-8, is cut into pieces and encoded piece by piece. Scratch is borrowed from a few lanes; a thread
 * that finds none free makes its own.
 */
final class PipelineTokenizer implements Tokenizer {
    /** Lanes kept for the next text: no more than can be busy at once. */
    private static final int LANES =
            Integer.highestOneBit(Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 32)) * 2;

    /** Text has fewer bytes per id than this, but for rows of one character and the like: only longer ones are looked at before they are encoded. */
    private static final int ORDINARY = 8;

    private final Parts parts;
    private final AddedTokens raw;
    private final AddedTokens normalized;
    private final WordEncoder words;
    private final BitSet specials = new BitSet();
    /** The most bytes of a text that an added token takes; {@link Integer#MAX_VALUE} where one takes white space along. */
    private final int longestAdded;

    private final boolean keepsText;
    private final AtomicReferenceArray<@Nullable Lane> lanes = new AtomicReferenceArray<>(LANES);

    /** What a tokenizer is made of; {@code preTokenizer} null leaves a text in one piece. */
    record Parts(
            Vocabulary vocabulary,
            List<AddedToken> added,
            Normalizer normalizer,
            @Nullable PreTokenizer preTokenizer,
            TokenModel model,
            Frame frame,
            Decoding decoding) {
        Parts {
            added = List.copyOf(added);
        }
    }

    PipelineTokenizer(Parts parts) {
        this.parts = parts;
        var rawTokens = new ArrayList<AddedToken>();
        var normalizedTokens = new ArrayList<AddedToken>();
        for (AddedToken token : parts.added) {
            if (token.normalized()) {
                normalizedTokens.add(token.spelled(parts.normalizer.spell(Utf8.repaired(token.content()))));
            } else {
                rawTokens.add(token);
            }
            if (token.special()) {
                specials.set(token.id());
            }
        }
        this.raw = new AddedTokens(rawTokens);
        this.normalized = new AddedTokens(normalizedTokens);
        this.words = new WordEncoder(parts.model);
        this.longestAdded = Math.max(longest(raw), longest(normalized));
        this.keepsText = parts.preTokenizer == null || parts.preTokenizer.keepsText();
    }

    private static int longest(AddedTokens tokens) {
        int longest = 1;
        for (AddedToken token : tokens.all()) {
            boolean open = token.leftStrip() || token.rightStrip();
            longest = Math.max(longest, open ? Integer.MAX_VALUE : Utf8.bytes(token.content()).length);
        }
        return longest;
    }

    @Override
    public int[] encode(String text, SpecialText specialText) {
        return encodePart(text, specialText == SpecialText.PLAIN, true);
    }

    @Override
    public int[] encodeFramed(String text, SpecialText specialText) {
        return parts.frame.around(encode(text, specialText));
    }

    @Override
    public Encoded encode(String text, SpecialText specialText, int limit) {
        int[] ids = tryEncode(text, specialText == SpecialText.PLAIN, true, limit);
        return ids == null ? new Encoded.MoreThan(limit) : new Encoded.Whole(ids);
    }

    @Override
    public Encoded encodeFramed(String text, SpecialText specialText, int limit) {
        return parts.frame.around(limit, within -> encode(text, specialText, within));
    }

    Parts parts() {
        return parts;
    }

    AddedTokens rawTokens() {
        return raw;
    }

    AddedTokens normalizedTokens() {
        return normalized;
    }

    /** Encodes a text, or a later part of one ({@code atStart} false). */
    int[] encodePart(String text, boolean plain, boolean atStart) {
        return Objects.requireNonNull(tryEncode(text, plain, atStart, IdBuffer.UNLIMITED));
    }

    /** The same within a limit of ids; null where there are more. */
    int @Nullable [] tryEncode(String text, boolean plain, boolean atStart, int limit) {
        if (limit < 0 || isSurelyOver(text, limit)) {
            return null;
        }
        if (text.isEmpty()) {
            return new int[0];
        }
        int slot = (int) Thread.currentThread().threadId() & (LANES - 1);
        Lane lane = borrow(slot);
        lane.out.begin(limit);
        run(text, plain, atStart, lane);
        int[] ids = lane.out.isOver() ? null : lane.out.toArray();
        lane.clear();
        lanes.set(slot, lane);
        return ids;
    }

    /** Whether the length of a text alone says that it has more ids than the limit. */
    boolean isSurelyOver(String text, int limit) {
        if (text.length() / ORDINARY <= limit || !keepsText) {
            return false;
        }
        int longest = Math.max(longestAdded, parts.model.longest());
        return text.length() / longest > limit && losesNothing(text);
    }

    private boolean losesNothing(String text) {
        Normalizer normalizer = parts.normalizer;
        return normalizer.neverShortens()
                || (normalizer.keepsAscii() && text.chars().allMatch(c -> c < 0x80));
    }

    /** The lane of this thread's slot, or of the nearest that has one, or a new one. */
    private Lane borrow(int slot) {
        for (int i = 0; i < LANES; i++) {
            Lane lane = lanes.getAndSet((slot + i) & (LANES - 1), null);
            if (lane != null) {
                return lane;
            }
        }
        return new Lane();
    }

    private void run(String text, boolean plain, boolean atStart, Lane lane) {
        raw.split(text, plain, new AddedTokens.Sink() {
            @Override
            public void text(int from, int to) {
                if (!lane.out.isOver()) {
                    part(text, from, to, plain, atStart && from == 0, lane);
                }
            }

            @Override
            public void token(int id, int from, int to) {
                add(id, lane.out);
            }
        });
    }

    private void part(String text, int from, int to, boolean plain, boolean first, Lane lane) {
        TextLoader loader = lane.loader;
        loader.load(text, from, to, lane.pieces);
        Normalizer normalizer = parts.normalizer;
        boolean unchanged = normalizer.keepsEverything()
                || (loader.wasAscii() && normalizer.keepsAscii())
                || (loader.wasComposed() && normalizer.keepsComposed());
        if (unchanged && normalized.isEmpty()) {
            lane.pieces.textStart = first ? 0 : -1;
            encodePieces(lane);
            return;
        }
        String own = text.substring(from, to);
        String whole = loader.wasMended() ? Utf8.repaired(own) : own;
        String changed = unchanged ? whole : normalizer.apply(whole);
        normalized.split(changed, plain, new AddedTokens.Sink() {
            @Override
            public void text(int from, int to) {
                if (!lane.out.isOver()) {
                    loader.load(changed, from, to, lane.pieces);
                    lane.pieces.textStart = first && from == 0 ? 0 : -1;
                    encodePieces(lane);
                }
            }

            @Override
            public void token(int id, int from, int to) {
                add(id, lane.out);
            }
        });
    }

    private static void add(int id, IdBuffer out) {
        if (!out.isOver()) {
            out.add(id);
        }
    }

    private void encodePieces(Lane lane) {
        int left = lane.out.left();
        boolean unlikely = keepsText && lane.pieces.length / ORDINARY > left;
        if (unlikely && parts.model.fewest(lane.pieces.text, 0, lane.pieces.length, left) > left) {
            lane.out.giveUp();
            return;
        }
        PreTokenizer preTokenizer = parts.preTokenizer;
        if (preTokenizer == null) {
            words.encode(lane.pieces, lane, lane.out);
        } else {
            preTokenizer.apply(lane.pieces, lane.spare);
            words.encode(lane.spare, lane, lane.out);
        }
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        var writer = parts.decoding.new Writer();
        for (int id : ids) {
            require(id);
            if (!(skipSpecial && specials.get(id))) {
                writer.add(id);
            }
        }
        return writer.takeAll();
    }

    @Override
    public IncrementalDecoder newDecoder(boolean skipSpecial) {
        var writer = parts.decoding.new Writer();
        return new IncrementalDecoder() {
            @Override
            public String push(int id) {
                require(id);
                if (skipSpecial && specials.get(id)) {
                    return "";
                }
                writer.add(id);
                return writer.takeComplete();
            }

            @Override
            public String flush() {
                String rest = writer.takeAll();
                writer.reset();
                return rest;
            }
        };
    }

    @Override
    public int vocabularySize() {
        return parts.vocabulary.size();
    }

    @Override
    public OptionalInt findId(String token) {
        int id = parts.vocabulary.find(token);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public String token(int id) {
        require(id);
        String text = parts.vocabulary.text(id);
        return text == null ? "" : text;
    }

    @Override
    public byte[] bytes(int id) {
        require(id);
        return parts.decoding.bytes(id);
    }

    @Override
    public boolean isSpecial(int id) {
        require(id);
        return specials.get(id);
    }

    private void require(int id) {
        if (id < 0 || id >= parts.vocabulary.size()) {
            throw new IllegalArgumentException("id " + id + " is outside the vocabulary of " + parts.vocabulary.size());
        }
    }
}
