package io.jynamo.frontend.embed;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.openai.CompletionRequest.Prompt;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.Encoding.PairFrame;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.TokenIds;
import io.jynamo.text.Encoded;
import io.jynamo.text.Tokenizer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes what a model reads of the texts of one request, cut where that was asked for and refused where they are too long. */
final class TextReader {
    private static final Tokenizer.SpecialText SPECIALS = Tokenizer.SpecialText.PARSE;

    private final ServedModel model;
    private final PairFrame pairs;
    private final int most;
    private final boolean cuts;
    private final FrontendMetrics metrics;

    /**
     * Reads for one request.
     *
     * @param truncation tokens to cut texts to, -1 for what the model takes, null for not at all
     * @throws Refusal INVALID_REQUEST for a truncation to more than the model takes
     */
    TextReader(ServedModel model, Encoding encoding, @Nullable Integer truncation, FrontendMetrics metrics) {
        this.model = model;
        this.pairs = encoding.pairFrame();
        this.metrics = metrics;
        this.cuts = truncation != null;
        if (cuts) {
            requireIds("truncate_prompt_tokens");
        }
        int limit = model.card().maxModelLen();
        this.most = truncation == null || truncation == -1 ? limit : truncation;
        if (most > limit) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "`truncate_prompt_tokens` is " + most + ", and the model takes " + limit + " tokens.",
                    "truncate_prompt_tokens");
        }
    }

    /** One text, or token ids as they are. */
    Text read(Prompt prompt, boolean framed, String param) {
        return switch (prompt) {
            case Prompt.Text(String text) -> text(text, framed, param);
            case Prompt.Ids(int[] ids) -> ids(ids, param);
        };
    }

    private Text ids(int[] ids, String param) {
        int size = model.card().vocabularySize();
        for (int id : ids) {
            if (id >= size) {
                throw new Refusal(
                        ErrorCode.INVALID_REQUEST,
                        "`" + param + "` has token id " + id + ", and the vocabulary has " + size + ".",
                        param);
            }
        }
        int[] kept = cuts && ids.length > most ? Arrays.copyOf(ids, most) : fitting(ids, param);
        String written = takesIds() ? "" : model.tokenizer().decode(kept, false);
        return text(kept, kept.length, written);
    }

    private boolean takesIds() {
        return model.card().can(Capability.TOKEN_INPUT);
    }

    /** An engine that is sent text makes its own tokens of it: how, is not ours to say. */
    private void requireIds(String field) {
        if (!takesIds()) {
            throw new Refusal(
                    ErrorCode.UNSUPPORTED_PARAMETER,
                    "`" + field + "` cannot be had from the engine of `" + model.name()
                            + "`, which takes text and no token ids; leave it out.",
                    field);
        }
    }

    /** One text within what the tokenizer adds around it. */
    Text text(String text, boolean framed, String param) {
        if (!framed) {
            requireIds("add_special_tokens");
        }
        long before = System.nanoTime();
        Tokenizer tokenizer = model.tokenizer();
        Encoded encoded =
                framed ? tokenizer.encodeFramed(text, SPECIALS, most) : tokenizer.encode(text, SPECIALS, most);
        int[] ids = switch (encoded) {
            case Encoded.Whole whole -> whole.ids();
            case Encoded.MoreThan ignored when cuts -> cut(text, framed, param);
            case Encoded.MoreThan ignored -> throw tooLong("more than " + most, param);
        };
        metrics.onTokenize(System.nanoTime() - before);
        if (ids.length == 0) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "`" + param + "` has no tokens.", param);
        }
        return text(ids, ids.length, text);
    }

    /** Two texts in one sequence; of one that is too long the second text's end is left out. */
    Text pair(String first, String second, String param) {
        long before = System.nanoTime();
        Tokenizer tokenizer = model.tokenizer();
        int[] a = tokenizer.encodeFramed(first, SPECIALS);
        int[] b = tokenizer.encodeFramed(second, SPECIALS);
        metrics.onTokenize(System.nanoTime() - before);
        if (a.length == 0 || b.length == 0) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "`" + param + "` has no tokens.", param);
        }
        int[] tail = b;
        if (pairs == PairFrame.ONE_SEPARATOR) {
            tail = Arrays.copyOfRange(b, 1, b.length);
        } else {
            tail[0] = a[a.length - 1];
        }
        int over = a.length + tail.length - most;
        if (over > 0) {
            if (!cuts) {
                throw tooLong(Integer.toString(a.length + tail.length), param);
            }
            if (over > tail.length - 2) {
                throw tooLong(a.length + " in the first of a pair alone", param);
            }
            int end = tail[tail.length - 1];
            tail = Arrays.copyOf(tail, tail.length - over);
            tail[tail.length - 1] = end;
        }
        int[] ids = Arrays.copyOf(a, a.length + tail.length);
        System.arraycopy(tail, 0, ids, a.length, tail.length);
        return new Text(TokenIds.of(ids), a.length, null);
    }

    /** The beginning of the text, within the same frame. */
    private int[] cut(String text, boolean framed, String param) {
        Tokenizer tokenizer = model.tokenizer();
        int[] bare = tokenizer.encode(text, SPECIALS);
        if (!framed) {
            return Arrays.copyOf(bare, most);
        }
        int[] frame = tokenizer.encodeFramed("", SPECIALS);
        int[] whole = tokenizer.encodeFramed(text, SPECIALS);
        int room = most - frame.length;
        if (room < 0 || whole.length != bare.length + frame.length) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "`" + param + "` cannot be cut to " + most + " tokens: the tokenizer adds " + frame.length
                            + " around a text.",
                    "truncate_prompt_tokens");
        }
        int before = 0;
        while (before < frame.length && !Arrays.equals(whole, before, before + bare.length, bare, 0, bare.length)) {
            before++;
        }
        int[] ids = Arrays.copyOf(whole, most);
        int after = frame.length - before;
        System.arraycopy(whole, whole.length - after, ids, most - after, after);
        return ids;
    }

    private int[] fitting(int[] ids, String param) {
        if (ids.length > most) {
            throw tooLong(Integer.toString(ids.length), param);
        }
        return ids;
    }

    private Text text(int[] ids, int secondAt, String text) {
        return new Text(TokenIds.of(ids), secondAt, takesIds() ? null : text);
    }

    private Refusal tooLong(String found, String param) {
        return new Refusal(
                ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                "This model takes " + model.card().maxModelLen() + " tokens. However, `" + param + "` resulted in "
                        + found + " tokens. Please shorten it, or say `truncate_prompt_tokens`.",
                param);
    }
}
