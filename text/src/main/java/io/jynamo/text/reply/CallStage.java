package io.jynamo.text.reply;

import org.jspecify.annotations.Nullable;

/**
 * Finds the calls in the text of an answer.
 *
 * <p>How it works. Outside calls a {@link MarkerScan} looks for the family's markers; inside one a {@link CallReader} takes
 * every character. Positions and what moves between them:
 *
 * <pre>
 * TEXT      open → BLOCK; call open, if loose → CALL; a bare call's first character → CALL
 * BLOCK     a call's first character or call open → CALL; anything else: it was no block, tell it → TEXT
 * CALL      done → BETWEEN; broken: told already → cut, SKIPPING; not yet: tell its text → TEXT
 * BETWEEN   join → BETWEEN; call open or first character → CALL; open → BLOCK; close or text → TEXT
 * SKIPPING  join → BETWEEN; close → TEXT; open → BLOCK; call open → CALL; the line's end, if no markers close → TEXT
 * </pre>
 *
 * <p>{@code held} is the text of markup that no call was told of yet, so it can still turn out to be text.
 */
final class CallStage implements Stage {
    private enum Position {
        TEXT,
        BLOCK,
        CALL,
        BETWEEN,
        SKIPPING
    }

    private final CallStyle style;
    private final ToolTypes types;
    private final Outlet out;
    private final CallBook calls;
    private final MarkerScan scan;
    private final StringBuilder held = new StringBuilder();
    /** The last characters a reader was given, at least as many as a marker has. */
    private final StringBuilder recent = new StringBuilder();

    /** Reads an output constrained to JSON, if it begins with one of these characters. */
    private @Nullable CallReader constrained;

    private final String constrainedBegins;

    private Position position = Position.TEXT;
    private @Nullable CallReader reader;
    /** Whether a marker of a block opened the call that is read, and whether nothing did. */
    private boolean wrapped;

    private boolean bare;
    private boolean spaced;
    private int told;
    /** Whether the line of plain text so far is blank. */
    private boolean lineBlank = true;

    CallStage(CallStyle style, ReplySettings settings, CallBook calls, Outlet out) {
        this.style = style;
        this.types = new ToolTypes(settings.tools());
        this.out = out;
        this.calls = calls;
        this.scan = new MarkerScan(style.markers());
        this.constrained = switch (settings.choice()) {
            case ToolChoice.Required _ -> new JsonCallReader(calls, false);
            case ToolChoice.Named(var name) -> new ArgumentsReader(calls, name, null);
            case ToolChoice.Auto _, ToolChoice.None _ -> null;
        };
        this.constrainedBegins = settings.choice() instanceof ToolChoice.Named ? "{" : "{[";
        if (constrained != null) {
            position = Position.BLOCK;
        }
    }

    @Override
    public void accept(char c) {
        out.worked();
        if (position == Position.CALL) {
            inCall(c);
            return;
        }
        var found = scan.accept(c);
        var freed = scan.freed();
        for (int i = 0; i < freed.length(); i++) {
            plain(freed.charAt(i));
            if (position == Position.CALL) {
                // A call began: what the scan took for its markers' beginning is the reader's to judge.
                var rest = freed.subSequence(i + 1, freed.length()) + (found < 0 ? scan.drain() : scan.marker(found));
                accept(rest);
                return;
            }
        }
        if (found >= 0) {
            marker(scan.marker(found), style.role(found));
        }
    }

    private void plain(char c) {
        switch (position) {
            case TEXT -> {
                if (!style.bare() || !lineBlank || !begin(Notation.Place.LINE, c)) {
                    text(c);
                }
            }
            case BLOCK -> {
                if (Character.isWhitespace(c)) {
                    held.append(c);
                    spaced |= c != '\n' && c != '\r';
                } else if (!begin(spaced ? Notation.Place.SPACED : Notation.Place.OPENED, c)) {
                    refuse();
                    text(c);
                }
            }
            case BETWEEN -> {
                if (Character.isWhitespace(c)) {
                    held.append(c);
                } else if (!begin(Notation.Place.BETWEEN, c)) {
                    tellHeld();
                    plain(c);
                }
            }
            case SKIPPING -> {
                held.append(c);
                if (c == '\n' && !style.isFenced()) {
                    held.setLength(0);
                    position = Position.TEXT;
                    text(c);
                }
            }
            case CALL -> inCall(c);
        }
    }

    private boolean begin(Notation.Place place, char c) {
        var next = constrained != null && constrainedBegins.indexOf(c) >= 0
                ? constrained
                : style.notation().at(place, c, calls, types);
        if (next == null) {
            return false;
        }
        var inText = place == Notation.Place.LINE || (place == Notation.Place.BETWEEN && bare);
        start(next, !inText, inText);
        inCall(c);
        return true;
    }

    private void start(CallReader next, boolean inBlock, boolean withoutMarker) {
        reader = next;
        constrained = null;
        wrapped = inBlock;
        bare = withoutMarker;
        told = calls.told();
        recent.setLength(0);
        calls.withhold(bare);
        position = Position.CALL;
    }

    private void marker(String marker, CallStyle.Role role) {
        if (position == Position.SKIPPING) {
            skipTo(marker, role);
            return;
        }
        switch (role) {
            case OPEN -> open(marker);
            case CALL_OPEN -> callOpen(marker);
            case JOIN, CLOSE -> {
                if (position == Position.BETWEEN) {
                    swallow(marker, role);
                } else {
                    plainMarker(marker);
                }
            }
        }
    }

    private void swallow(String marker, CallStyle.Role role) {
        if (style.isFence(marker)) {
            held.setLength(0);
        } else {
            // A mere separator is text again if no call follows.
            held.append(marker);
        }
        position = role == CallStyle.Role.JOIN ? Position.BETWEEN : Position.TEXT;
    }

    private void open(String marker) {
        if (position == Position.BLOCK) {
            refuse();
        }
        held.append(marker);
        position = Position.BLOCK;
        spaced = false;
    }

    private void callOpen(String marker) {
        if (position == Position.TEXT && !style.loose()) {
            tell(marker);
            return;
        }
        held.append(marker);
        start(style.notation().marked(calls, types), position != Position.TEXT, false);
    }

    private void plainMarker(String marker) {
        if (position == Position.BLOCK) {
            refuse();
        }
        tell(marker);
    }

    private void skipTo(String marker, CallStyle.Role role) {
        if (!style.isFence(marker)) {
            held.append(marker);
            return;
        }
        held.setLength(0);
        position = role == CallStyle.Role.CLOSE ? Position.TEXT : Position.BETWEEN;
        if (role == CallStyle.Role.OPEN) {
            open(marker);
        } else if (role == CallStyle.Role.CALL_OPEN) {
            callOpen(marker);
        }
    }

    private void inCall(char c) {
        var step = reading().accept(c);
        if (step == CallReader.Step.BROKEN) {
            broken();
            accept(c);
            return;
        }
        remember(c);
        if (calls.isOpen() || calls.told() != told) {
            held.setLength(0);
            told = calls.told();
        } else {
            held.append(c);
        }
        switch (step) {
            case MORE -> {}
            case DONE -> done();
            case UNCLOSED -> {
                out.warning(ReplyWarning.CALL_UNCLOSED, "a closing tag is missing inside the call");
                done();
            }
            case CUT -> {
                out.warning(ReplyWarning.CALL_MALFORMED, "the call ends inside one of its arguments");
                calls.cut();
                done();
            }
            case BROKEN -> throw new IllegalStateException("A broken call was dealt with");
        }
    }

    private void remember(char c) {
        var longest = style.markers().longest();
        if (recent.length() > 4 * longest) {
            recent.delete(0, recent.length() - longest);
        }
        recent.append(c);
    }

    private void done() {
        calls.tellWithheld();
        held.setLength(0);
        reader = null;
        position = Position.BETWEEN;
        lineBlank = false;
    }

    private CallReader reading() {
        if (reader == null) {
            throw new IllegalStateException("No call is being read");
        }
        return reader;
    }

    private void broken() {
        reader = null;
        // What the reader took for the beginning of a tag of its own may be that of another call's marker.
        var begun = style.markers().begunIn(recent);
        if (calls.isOpen()) {
            out.warning(ReplyWarning.CALL_MALFORMED, "the call's arguments break its format");
            calls.cut();
            held.setLength(0);
            position = Position.SKIPPING;
        } else {
            begun = Math.min(begun, held.length());
            held.setLength(held.length() - begun);
            if (calls.dropWithheld() || !bare) {
                refuse();
            } else {
                tellHeld();
            }
        }
        accept(recent.substring(recent.length() - begun));
    }

    /** What looked like a call is none: its text is content. */
    private void refuse() {
        if (!held.toString().isBlank()) {
            out.warning(ReplyWarning.CALL_MALFORMED, excerpt());
        }
        tellHeld();
    }

    private void tellHeld() {
        tell(held);
        held.setLength(0);
        position = Position.TEXT;
    }

    private void tell(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            text(text.charAt(i));
        }
    }

    private void text(char c) {
        position = Position.TEXT;
        lineBlank = c == '\n' || (lineBlank && Character.isWhitespace(c));
        out.content(c);
    }

    private String excerpt() {
        var line = held.toString().strip().lines().findFirst().orElse("");
        return line.length() <= 80 ? line : line.substring(0, 80);
    }

    @Override
    public void finish() {
        switch (position) {
            case TEXT -> tell(scan.drain());
            case BLOCK -> {
                held.append(scan.drain());
                refuse();
            }
            case CALL -> finishCall();
            case BETWEEN -> {
                // The beginning of a tag is markup that was cut off; the beginning of a word is text.
                var last = scan.drain();
                if (!last.isEmpty() && Character.isLetter(last.charAt(0))) {
                    tell(held + last);
                }
            }
            case SKIPPING -> {
                // The broken call's own line is markup; what follows on further ones may be text.
                var line = held.indexOf("\n");
                var rest = line < 0 ? "" : held.substring(line);
                tell(rest.isBlank() ? "" : rest + scan.drain());
            }
        }
    }

    private void finishCall() {
        if (reading().finish()) {
            out.warning(ReplyWarning.CALL_UNCLOSED, "the text ends before the call's closing tags");
        } else if (calls.isOpen()) {
            out.warning(ReplyWarning.CALL_CUT, "the text ends inside the call's arguments");
            calls.cut();
        } else if (wrapped) {
            if (!held.toString().isBlank()) {
                out.warning(ReplyWarning.CALL_CUT, excerpt());
            }
        } else {
            if (calls.dropWithheld() || !bare) {
                out.warning(ReplyWarning.CALL_CUT, excerpt());
            }
            tellHeld();
        }
    }
}
