package io.jynamo.text.reply;

import org.jspecify.annotations.Nullable;

/**
 * What a reply turns out to be, told in the order of its text.
 *
 * <p>A call is told as {@code callBegun}, any number of {@code arguments}, then {@code callEnded} or {@code callCut}. No two
 * calls overlap, and nothing else is told between a call's beginning and its end but warnings. Texts are never empty and never split the two
 * halves of a character, unless the model's own text does.
 */
public interface ReplySink {
    /** Further text of the answer. */
    void content(String text);

    /** Further text of the reasoning before the answer. */
    void reasoning(String text);

    /**
     * A call began, and its name is certain.
     *
     * @param index 0 for the reply's first call, then one more for each
     * @param id the id the model gave the call, or null where the format has none or brings it too late
     */
    void callBegun(int index, String name, @Nullable String id);

    /** A further piece of the call's arguments. The pieces of a call that is ended are one JSON object. */
    void arguments(int index, String json);

    /** The call is whole. */
    void callEnded(int index);

    /**
     * The call stays unfinished: its text broke the format or ended. What was told of its arguments is a beginning of them
     * and nothing else, so the call must not be made.
     */
    void callCut(int index);

    /**
     * Something a person who looks after the model should know.
     *
     * @param code one of the stable codes of {@link ReplyWarning}
     * @param detail what was met, with at most a line of the model's text
     */
    void warning(ReplyWarning code, String detail);
}
