package io.jynamo.text.reply;

/**
 * The header of a Harmony message: {@code assistant to=functions.f<|channel|>commentary json}, read up to its {@code
 * <|message|>}. Before the channel only a role and a recipient may stand; other text there is no header.
 */
final class HarmonyHeader {
    private static final String ROLE = "assistant";
    private static final String RECIPIENT = "to=";
    private static final int LONGEST = 512;

    /** Whether {@code <|start|>} opened it, so that a role must come; the prompt has written the first one's. */
    private final boolean started;

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder word = new StringBuilder();
    private boolean channelled;
    private String channel = "";
    private String recipient = "";

    HarmonyHeader(boolean started) {
        this.started = started;
    }

    /** Reads a character; false if the text so far, this included, is no header. */
    boolean accept(char c) {
        text.append(c);
        if (!Character.isWhitespace(c)) {
            word.append(c);
            return text.length() <= LONGEST && (channelled || isBegun(word));
        }
        return endWord();
    }

    private static boolean isBegun(StringBuilder word) {
        return word.length() > ROLE.length()
                ? startsRecipient(word)
                : ROLE.startsWith(word.toString()) || RECIPIENT.startsWith(word.toString()) || startsRecipient(word);
    }

    private static boolean startsRecipient(StringBuilder word) {
        return word.length() >= RECIPIENT.length()
                && word.substring(0, RECIPIENT.length()).equals(RECIPIENT);
    }

    /** White space, or a marker that separates words as it does. */
    boolean endWord() {
        var ended = word.toString();
        word.setLength(0);
        if (ended.startsWith(RECIPIENT)) {
            recipient = ended.substring(RECIPIENT.length());
            return true;
        }
        if (channelled && channel.isEmpty()) {
            channel = ended;
        }
        return channelled || ended.isEmpty() || ended.equals(ROLE);
    }

    /** The channel's marker. */
    void channel() {
        endWord();
        channelled = true;
        channel = "";
    }

    boolean isChannelled() {
        return channelled;
    }

    boolean isStarted() {
        return started;
    }

    String channelName() {
        return channel;
    }

    String recipient() {
        return recipient;
    }

    /** What of the text is not header, where it turned out to be none. */
    String stray() {
        var all = text.toString();
        return started && all.startsWith(ROLE) ? all.substring(ROLE.length()) : all;
    }
}
