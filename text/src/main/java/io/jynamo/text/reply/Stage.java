package io.jynamo.text.reply;

/** One automaton in the chain a reply's characters run through. */
interface Stage {
    void accept(char c);

    /** The text ends here, wherever that is. */
    void finish();

    default void accept(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            accept(text.charAt(i));
        }
    }
}
