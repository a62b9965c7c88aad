package io.jynamo.text.reply;

/**
 * Reads the characters of one call, or of one list of calls, in one notation, and tells a {@link CallBook}. It begins a call
 * only when its name is certain and what follows has the form of its arguments.
 */
interface CallReader {
    /** What a character meant. */
    enum Step {
        /** It belongs to the call, which goes on. */
        MORE,
        /** It was the last of the call or list. */
        DONE,
        /** The same, though a closing tag was left out that cannot be missed. */
        UNCLOSED,
        /** It ends a call that is not whole. */
        CUT,
        /** It does not fit, and was not read. */
        BROKEN
    }

    Step accept(char c);

    /** The text ends. Whether the call it broke off in could be ended all the same. */
    default boolean finish() {
        return false;
    }
}
