package io.jynamo.text.reply;

import org.jspecify.annotations.Nullable;

/** How calls are written in a family's markup: makes the readers of single calls. */
interface Notation {
    /** Where a character stands that may begin a call. */
    enum Place {
        /** Right after a marker that opens a block of calls, or on the next line. */
        OPENED,
        /** After such a marker and blanks, as in a sentence that mentions it. */
        SPACED,
        /** After a call, in the same block. */
        BETWEEN,
        /** First on a line of plain text. */
        LINE
    }

    /** The reader of a call that begins with this character, or null if none does. The character is still to be read. */
    @Nullable
    CallReader at(Place place, char c, CallBook calls, ToolTypes types);

    /** The reader of a call whose own opening marker was just read. */
    default CallReader marked(CallBook calls, ToolTypes types) {
        throw new IllegalStateException("This notation has no marker for single calls");
    }
}
