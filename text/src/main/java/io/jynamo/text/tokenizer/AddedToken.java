package io.jynamo.text.tokenizer;

/**
 * A token that is looked for in the text before the model sees it.
 *
 * @param special it steers the model and is left out of text for readers
 * @param normalized it is looked for in the normalized text, in its own normalized spelling
 * @param leftStrip white space before it belongs to it
 * @param rightStrip white space after it belongs to it
 * @param singleWord it counts only where no word character stands beside it
 */
record AddedToken(
        int id,
        String content,
        boolean special,
        boolean normalized,
        boolean leftStrip,
        boolean rightStrip,
        boolean singleWord) {
    static AddedToken special(int id, String content) {
        return new AddedToken(id, content, true, false, false, false, false);
    }

    AddedToken spelled(String other) {
        return new AddedToken(id, other, special, normalized, leftStrip, rightStrip, singleWord);
    }
}
