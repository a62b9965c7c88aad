package io.jynamo.text.reply;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tags of a notation that writes a call's arguments one by one.
 *
 * @param nameEnd what ends the call's name
 * @param freeName whether any tag or white space ends it instead
 * @param items first what opens a parameter, then what closes the call
 * @param keyEnds what ends a parameter's key
 * @param valueOpen what stands between key and value, if anything does
 * @param valueEnds first what closes a value, then what cannot stand in one and so ends the call
 * @param key reads a key's text, or gives null if it is none
 * @param framed whether values stand on lines of their own, so that one line break at either end is not theirs
 * @param lenient whether closing tags may be left out where nothing else can be meant: a call all of whose values are closed is
 *     whole when the text ends, and the call's own closing tags close its last value too
 */
record TaggedStyle(
        MarkerSet nameEnd,
        boolean freeName,
        MarkerSet items,
        MarkerSet keyEnds,
        MarkerSet valueOpen,
        MarkerSet valueEnds,
        Function<String, @Nullable Key> key,
        boolean framed,
        boolean lenient) {
    /**
     * What a parameter's opening tag says.
     *
     * @param string whether the value is a string, if the tag says so
     */
    record Key(String name, @Nullable Boolean string) {}

    private static final MarkerSet NONE = new MarkerSet(List.of());

    /** {@code <function=F>\n<parameter=P>\nvalue\n</parameter>\n</function>}: Qwen3-Coder and Nemotron Nano. */
    static final TaggedStyle QWEN = new TaggedStyle(
            set(">"),
            false,
            set("<parameter=", "</function>"),
            set(">"),
            NONE,
            set("</parameter>", "</function>\n</tool_call>", "</function></tool_call>"),
            TaggedStyle::plain,
            true,
            true);

    /** {@code <invoke name="F"><parameter name="P">value</parameter></invoke>}: MiniMax M2. */
    static final TaggedStyle MINIMAX = invoke("", "</minimax:tool_call>");

    /** The same with a prefix in each tag and an attribute that says whether a value is a string: DeepSeek V3.2 and V4. */
    static final TaggedStyle DSML = invoke("｜DSML｜", "</｜DSML｜invoke>");

    /** {@code F\n<arg_key>P</arg_key>\n<arg_value>value</arg_value>\n</tool_call>}: GLM 4.5 to 4.7. */
    static final TaggedStyle GLM = new TaggedStyle(
            NONE,
            true,
            set("<arg_key>", "</tool_call>"),
            set("</arg_key>"),
            set("<arg_value>"),
            set("</arg_value>", "</tool_call>"),
            TaggedStyle::plain,
            false,
            false);

    private static TaggedStyle invoke(String prefix, String end) {
        return new TaggedStyle(
                set("\">"),
                false,
                set("<" + prefix + "parameter name=\"", "</" + prefix + "invoke>"),
                set(">"),
                NONE,
                set("</" + prefix + "parameter>", end),
                TaggedStyle::attributes,
                false,
                false);
    }

    private static MarkerSet set(String... markers) {
        return new MarkerSet(List.of(markers));
    }

    private static @Nullable Key plain(String text) {
        return text.isEmpty() ? null : new Key(text, null);
    }

    /** Reads {@code KEY"} or {@code KEY" string="true"}. */
    private static @Nullable Key attributes(String text) {
        var end = text.indexOf('"');
        if (end <= 0) {
            return null;
        }
        var name = text.substring(0, end);
        return switch (text.substring(end + 1).strip()) {
            case "" -> new Key(name, null);
            case "string=\"true\"" -> new Key(name, true);
            case "string=\"false\"" -> new Key(name, false);
            default -> null;
        };
    }
}
