package io.jynamo.text.reply;

/**
 * Reads one reply while it arrives and tells a {@link ReplySink} what it is. For one stream and one thread. No text makes it
 * fail, the pieces' borders do not matter, and time and memory are linear in the text.
 */
public final class ReplyParser {
    private final Outlet out;
    private final Stage first;

    /** A parser of one reply in this format. */
    public ReplyParser(ReplyFormat format, ReplySettings settings, ReplySink sink) {
        out = new Outlet(sink);
        first = format.chain(settings, out);
    }

    /** Takes the next piece of the text. */
    public void accept(CharSequence piece) {
        first.accept(piece);
        out.flushWhole();
    }

    /** The text ends here, whether the model ended it, a stop string or a limit did. Nothing may follow. */
    public void finish() {
        first.finish();
        out.finish();
    }

    /** How many characters were looked at or written so far. */
    long work() {
        return out.work();
    }
}
