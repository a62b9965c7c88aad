package io.jynamo.text.reply;

import java.util.Locale;

/** What can be wrong with a reply's markup. None of it stops the reply. */
public enum ReplyWarning {
    /** Markup that begins a call and does not go on as one; it is told as content, or the call is cut if it was told already. */
    CALL_MALFORMED,
    /** The text ended inside a call. */
    CALL_CUT,
    /** A call that lacks its closing tags but all of whose values are closed; it is told as whole. */
    CALL_UNCLOSED,
    /** A call of a tool that runs inside the model's own system (Harmony's python and browser); told as reasoning. */
    CALL_BUILTIN,
    /** A Harmony message outside any channel; told as content. */
    TEXT_OUTSIDE_CHANNEL;

    /** The stable name, for example {@code call_cut}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
