package io.jynamo.text.reply;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads Harmony, gpt-oss's format, in which reasoning, answers and calls are messages of one stream, each with a channel and
 * perhaps a recipient: {@code <|start|>assistant<|channel|>analysis<|message|>…<|end|>}.
 *
 * <pre>
 * HEADER   message → BODY; text that is no header is content → OUTSIDE
 * BODY     end, call, return → OUTSIDE; start, channel → HEADER
 * OUTSIDE  start, channel → HEADER; message → BODY; text is content
 * </pre>
 */
final class HarmonyStage implements Stage {
    private enum Position {
        HEADER,
        BODY,
        OUTSIDE
    }

    /** What a message's text is. */
    private enum Body {
        ANSWER,
        REASONING,
        CALL,
        DROPPED
    }

    private static final String START = "<|start|>";
    private static final String CHANNEL = "<|channel|>";
    private static final String MESSAGE = "<|message|>";
    private static final String CONSTRAIN = "<|constrain|>";
    private static final MarkerSet MARKERS =
            new MarkerSet(List.of(START, CHANNEL, MESSAGE, CONSTRAIN, "<|end|>", "<|call|>", "<|return|>"));
    private static final String FUNCTIONS = "functions.";

    private final ReplySettings settings;
    private final Outlet out;
    private final CallBook calls;
    /** Where text of the answer goes: an output constrained to JSON may be calls. */
    private Stage answer;

    private final boolean calling;
    private final MarkerScan scan = new MarkerScan(MARKERS);
    private Position position = Position.HEADER;
    private HarmonyHeader header = new HarmonyHeader(false);
    private Body body = Body.ANSWER;
    private @Nullable ArgumentsReader arguments;
    private boolean strayed;

    HarmonyStage(ReplySettings settings, boolean calling, Stage answer, CallBook calls, Outlet out) {
        this.settings = settings;
        this.calling = calling;
        this.answer = answer;
        this.calls = calls;
        this.out = out;
    }

    @Override
    public void accept(char c) {
        out.worked();
        var found = scan.accept(c);
        plain(scan.freed());
        if (found >= 0) {
            marker(scan.marker(found));
        }
    }

    private void plain(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            switch (position) {
                case HEADER -> {
                    if (!header.accept(text.charAt(i))) {
                        stray(header.stray());
                    }
                }
                case BODY -> body(text.charAt(i));
                case OUTSIDE -> outside(text.charAt(i));
            }
        }
    }

    private void stray(String text) {
        position = Position.OUTSIDE;
        for (int i = 0; i < text.length(); i++) {
            outside(text.charAt(i));
        }
    }

    private void outside(char c) {
        if (!strayed && !Character.isWhitespace(c)) {
            strayed = true;
            out.warning(ReplyWarning.TEXT_OUTSIDE_CHANNEL, "text that is in no channel");
        }
        answer.accept(c);
    }

    private void body(char c) {
        switch (body) {
            case ANSWER -> answer.accept(c);
            case REASONING -> {
                if (settings.split()) {
                    out.reasoning(c);
                } else {
                    out.content(c);
                }
            }
            case CALL -> call(c);
            case DROPPED -> {}
        }
    }

    private void call(char c) {
        if (arguments == null) {
            throw new IllegalStateException("No call is being read");
        }
        switch (arguments.accept(c)) {
            case MORE -> {}
            case DONE, UNCLOSED, CUT -> body = Body.ANSWER;
            case BROKEN -> {
                out.warning(
                        ReplyWarning.CALL_MALFORMED, "the arguments of " + header.recipient() + " are no JSON object");
                if (calls.isOpen()) {
                    calls.cut();
                    body = Body.DROPPED;
                } else {
                    body = Body.ANSWER;
                    answer.accept(c);
                }
            }
        }
    }

    private void marker(String marker) {
        switch (marker) {
            case START -> open(new HarmonyHeader(true));
            case CHANNEL -> {
                if (position != Position.HEADER) {
                    open(new HarmonyHeader(false));
                }
                header.channel();
            }
            case MESSAGE -> message();
            case CONSTRAIN -> constrain();
            default -> {
                if (position == Position.HEADER && !header.isChannelled()) {
                    stray(header.stray());
                }
                close();
            }
        }
    }

    private void open(HarmonyHeader next) {
        if (position == Position.HEADER && !header.isChannelled()) {
            stray(header.stray());
        }
        close();
        header = next;
        position = Position.HEADER;
    }

    private void constrain() {
        if (position == Position.HEADER) {
            header.endWord();
        } else if (position == Position.BODY) {
            plain(CONSTRAIN);
        }
    }

    private void message() {
        if (position == Position.BODY) {
            plain(MESSAGE);
            return;
        }
        if (position == Position.OUTSIDE) {
            header = new HarmonyHeader(false);
        }
        header.endWord();
        position = Position.BODY;
        var recipient = header.recipient();
        var name = recipient.startsWith(FUNCTIONS) ? recipient.substring(FUNCTIONS.length()) : recipient;
        var ours = !name.equals(recipient)
                || settings.tools().stream().anyMatch(tool -> tool.name().equals(name));
        if (!name.isEmpty() && ours) {
            body = calling ? Body.CALL : Body.DROPPED;
            arguments = new ArgumentsReader(calls, name, null);
        } else if (!recipient.isEmpty() && !recipient.equals("user") && !recipient.equals("all")) {
            out.warning(ReplyWarning.CALL_BUILTIN, "a call of " + recipient);
            body = Body.REASONING;
        } else {
            body = header.channelName().equals("analysis") ? Body.REASONING : Body.ANSWER;
        }
    }

    /** The message ends, by its marker or because another begins or the text ends. */
    private void close() {
        if (position == Position.BODY && body == Body.CALL) {
            out.warning(ReplyWarning.CALL_CUT, "the call of " + header.recipient() + " ends inside its arguments");
            if (calls.isOpen()) {
                calls.cut();
            }
        } else if (position == Position.BODY && body == Body.REASONING && settings.split()) {
            out.reasoningEnded();
        }
        if (calls.isOpen()) {
            // A constrained answer's call cannot go on in another message.
            answer.finish();
            answer = new ContentStage(out);
        }
        position = Position.OUTSIDE;
    }

    @Override
    public void finish() {
        var held = scan.drain();
        if (position == Position.HEADER) {
            finishHeader(held);
        } else {
            plain(held);
            close();
        }
        answer.finish();
    }

    private void finishHeader(String held) {
        if (header.isChannelled()) {
            out.warning(ReplyWarning.CALL_CUT, "the text ends inside a message's header");
        } else if (!header.isStarted()) {
            // A short reply that might have become a header, and is all there is.
            stray(header.stray() + held);
        }
    }
}
