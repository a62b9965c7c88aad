package io.jynamo.text;

import java.util.OptionalInt;

/** A model's mapping between text and token ids. Immutable and safe for use by many threads. */
public interface Tokenizer {
    /** What happens to text that spells a special token, such as {@code <|im_start|>}. */
    enum SpecialText {
        /** It becomes the special token's id: for rendered chat templates. */
        PARSE,
        /** It is ordinary text: for what users wrote. */
        PLAIN
    }

    /** The ids of {@code text}, without anything added before or after. */
    int[] encode(String text, SpecialText specials);

    /** The ids of {@code text} within what the model's tokenizer adds around one text, such as a begin token. */
    int[] encodeFramed(String text, SpecialText specials);

    /**
     * What {@link #encode(String, SpecialText)} gives where that is at most {@code limit} ids. Where it is more, only that is told, as soon as it
     * is certain: a text far too long for a model costs little.
     */
    default Encoded encode(String text, SpecialText specials, int limit) {
        return Encoded.of(encode(text, specials), limit);
    }

    /** The same for {@link #encodeFramed(String, SpecialText)}; what is added around the text counts. */
    default Encoded encodeFramed(String text, SpecialText specials, int limit) {
        return Encoded.of(encodeFramed(text, specials), limit);
    }

    /** The text of {@code ids}; ids outside the vocabulary are an {@link IllegalArgumentException}. */
    String decode(int[] ids, boolean skipSpecial);

    /** A decoder that takes one id at a time. */
    IncrementalDecoder newDecoder(boolean skipSpecial);

    /** Number of ids, special and added ones included: ids are below it. */
    int vocabularySize();

    /** The id of a token by its exact text in the vocabulary (for example {@code <|im_end|>}), if there is one. */
    OptionalInt findId(String token);

    /** The token's text in the vocabulary, as the files write it. */
    String token(int id);

    /** The bytes this id stands for in running text; what logprobs report. */
    byte[] bytes(int id);

    boolean isSpecial(int id);
}
