package io.jynamo.text.reply;

import org.jspecify.annotations.Nullable;

/**
 * Tells a {@link ReplySink} what the stages find, joining characters of one kind into one text a piece.
 *
 * <p>White space that belongs to the markup is not told: behind calls, and before the first text of an answer where the
 * reply also has calls or reasoning, and line breaks on the inner side of reasoning tags and right after them. So white space is held
 * back there until what follows says whether it is text.
 */
final class Outlet {
    private enum Kind {
        CONTENT,
        REASONING,
        ARGUMENTS
    }

    private final ReplySink sink;
    private final StringBuilder pending = new StringBuilder();
    private Kind kind = Kind.CONTENT;
    private int call = -1;
    /** White space at an edge of the content, not yet known to be text. */
    private final StringBuilder gap = new StringBuilder();
    /** Whether content is at such an edge. */
    private boolean edge = true;

    private boolean afterReasoning;
    /** Whether anything but content was told. */
    private boolean marked;
    /** Line breaks of the reasoning that may be its last. */
    private int breaks;

    private boolean reasoned;
    private long work;

    Outlet(ReplySink sink) {
        this.sink = sink;
    }

    void content(char c) {
        work++;
        if (edge) {
            if (Character.isWhitespace(c)) {
                gap.append(c);
                return;
            }
            leaveEdge();
        }
        append(Kind.CONTENT, c);
    }

    void content(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            content(text.charAt(i));
        }
    }

    private void leaveEdge() {
        var from = 0;
        while (afterReasoning && from < gap.length() && isBreak(gap.charAt(from))) {
            from++;
        }
        turn(Kind.CONTENT);
        pending.append(gap, from, gap.length());
        gap.setLength(0);
        edge = false;
        afterReasoning = false;
    }

    void reasoning(char c) {
        work++;
        marked = true;
        if (c == '\n') {
            breaks += reasoned ? 1 : 0;
            return;
        }
        for (; breaks > 0; breaks--) {
            append(Kind.REASONING, '\n');
        }
        reasoned = true;
        append(Kind.REASONING, c);
    }

    /** Reasoning is over, or there was an empty one. */
    void reasoningEnded() {
        marked = true;
        breaks = 0;
        reasoned = false;
        gap.setLength(0);
        edge = true;
        afterReasoning = true;
    }

    void callBegun(int index, String name, @Nullable String id) {
        flush();
        marked = true;
        gap.setLength(0);
        edge = true;
        afterReasoning = false;
        call = index;
        sink.callBegun(index, name, id);
    }

    void arguments(char c) {
        append(Kind.ARGUMENTS, c);
    }

    void arguments(CharSequence json) {
        work += json.length();
        turn(Kind.ARGUMENTS);
        pending.append(json);
    }

    void callEnded() {
        flush();
        sink.callEnded(call);
    }

    void callCut() {
        flush();
        sink.callCut(call);
    }

    void warning(ReplyWarning code, String detail) {
        flush();
        sink.warning(code, detail);
    }

    private void append(Kind next, char c) {
        work++;
        turn(next);
        pending.append(c);
    }

    private void turn(Kind next) {
        if (next != kind) {
            flush();
            kind = next;
        }
    }

    /** Tells what is due, but for half a character whose other half is still to come. */
    void flushWhole() {
        var last = pending.length() - 1;
        if (last < 0 || !Character.isHighSurrogate(pending.charAt(last))) {
            flush();
            return;
        }
        var half = pending.charAt(last);
        pending.setLength(last);
        flush();
        pending.append(half);
    }

    private void flush() {
        if (pending.isEmpty()) {
            return;
        }
        var text = pending.toString();
        pending.setLength(0);
        switch (kind) {
            case CONTENT -> sink.content(text);
            case REASONING -> sink.reasoning(text);
            case ARGUMENTS -> sink.arguments(call, text);
        }
    }

    void finish() {
        if (!marked && !gap.isEmpty()) {
            leaveEdge();
        }
        flush();
    }

    /** One more character was looked at. */
    void worked() {
        work++;
    }

    /** Characters looked at or written so far, by all stages: the measure of the time a reply takes. */
    long work() {
        return work;
    }

    private static boolean isBreak(char c) {
        return c == '\n' || c == '\r';
    }
}
