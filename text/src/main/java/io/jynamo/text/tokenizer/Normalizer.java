package io.jynamo.text.tokenizer;

/** A stage that rewrites text before it is cut. */
interface Normalizer {
    /** The text as it is. */
    Normalizer NONE = new Normalizer() {
        @Override
        public String apply(String text) {
            return text;
        }

        @Override
        public boolean keepsAscii() {
            return true;
        }

        @Override
        public boolean keepsComposed() {
            return true;
        }

        @Override
        public boolean keepsEverything() {
            return true;
        }

        @Override
        public boolean neverShortens() {
            return true;
        }
    };

    /** The rewritten text; {@code text} has no lone surrogates. */
    String apply(String text);

    /** Whether every text stays as it is. */
    default boolean keepsEverything() {
        return false;
    }

    /** Whether no text has fewer bytes afterwards. */
    default boolean neverShortens() {
        return false;
    }

    /** How an added token reads in normalized text. */
    default String spell(String token) {
        return apply(token);
    }

    /** Whether text that is its own NFC always stays as it is. */
    default boolean keepsComposed() {
        return false;
    }

    /** Whether text of ASCII characters alone always stays as it is. */
    default boolean keepsAscii() {
        return false;
    }
}
