package io.jynamo.text.reply;

/**
 * Splits the reasoning off the start of a reply; the rest goes to the next stage. There is one block of it at most, and only
 * before the answer: tags further on are mentions.
 *
 * <pre>
 * START    opening tag → INSIDE; closing tag or exit, if inside from the start → OUTSIDE; text → INSIDE or OUTSIDE
 * INSIDE   closing tag, or a marker that exits → OUTSIDE
 * OUTSIDE  stays
 * </pre>
 */
final class ReasoningStage implements Stage {
    private enum Position {
        START,
        INSIDE,
        OUTSIDE
    }

    private final ReasoningStyle style;
    private final MarkerScan scan;
    private final Stage next;
    private final Outlet out;
    private final boolean split;
    private final boolean inside;
    /** Whether an output that begins as JSON is an answer though reasoning was usual: it is constrained to JSON. */
    private final boolean jsonIsAnswer;

    private final StringBuilder lead = new StringBuilder();
    private Position position = Position.START;

    ReasoningStage(ReasoningStyle style, ReplySettings settings, Stage next, Outlet out) {
        this.style = style;
        this.scan = new MarkerScan(style.markers());
        this.next = next;
        this.out = out;
        this.split = settings.split();
        this.inside = switch (settings.prompt()) {
            case USUAL -> style.usual();
            case REASONING -> true;
            case ANSWER -> false;
        };
        this.jsonIsAnswer = settings.prompt() == ReplySettings.Prompt.USUAL
                && (settings.choice() instanceof ToolChoice.Required || settings.choice() instanceof ToolChoice.Named);
    }

    @Override
    public void accept(char c) {
        if (position == Position.OUTSIDE) {
            next.accept(c);
            return;
        }
        out.worked();
        var found = scan.accept(c);
        var freed = scan.freed();
        for (int i = 0; i < freed.length(); i++) {
            plain(freed.charAt(i));
        }
        if (found >= 0) {
            marker(found, scan.marker(found));
        } else if (position == Position.OUTSIDE) {
            next.accept(scan.drain());
        }
    }

    private void plain(char c) {
        switch (position) {
            case START -> {
                if (Character.isWhitespace(c)) {
                    lead.append(c);
                } else {
                    start(c);
                }
            }
            case INSIDE -> reasoning(c);
            case OUTSIDE -> next.accept(c);
        }
    }

    /** The first character that is neither white space nor of a tag. */
    private void start(char c) {
        if (inside && !(jsonIsAnswer && JsonCallReader.begins(c))) {
            position = Position.INSIDE;
            reasoning(lead);
            reasoning(c);
        } else {
            position = Position.OUTSIDE;
            next.accept(lead);
            next.accept(c);
        }
        lead.setLength(0);
    }

    private void marker(int found, String marker) {
        if (position == Position.OUTSIDE) {
            next.accept(marker);
        } else if (style.isOpen(found)) {
            open(marker);
        } else if (position == Position.START && !inside) {
            position = Position.OUTSIDE;
            next.accept(lead + marker);
        } else if (style.isClose(found)) {
            end(marker, "");
        } else {
            end("", marker);
        }
    }

    private void open(String marker) {
        if (position == Position.INSIDE) {
            reasoning(marker);
            return;
        }
        position = Position.INSIDE;
        if (!split) {
            reasoning(lead + marker);
        }
        lead.setLength(0);
    }

    private void end(String tag, String exit) {
        position = Position.OUTSIDE;
        if (split) {
            out.reasoningEnded();
        } else {
            reasoning(lead + tag);
        }
        lead.setLength(0);
        next.accept(exit);
    }

    private void reasoning(char c) {
        if (split) {
            out.reasoning(c);
        } else {
            out.content(c);
        }
    }

    private void reasoning(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            reasoning(text.charAt(i));
        }
    }

    @Override
    public void finish() {
        var held = lead + scan.drain();
        if (position == Position.INSIDE || (position == Position.START && inside)) {
            reasoning(held);
        } else {
            next.accept(held);
        }
        next.finish();
    }
}
