package io.jynamo.text.reply;

/** Reads a call as Gemma 4 writes it: {@code call:NAME{key:<|"|>text<|"|>,other:3}}. */
final class GemmaReader implements CallReader {
    private static final String START = "call:";

    private final CallBook calls;
    private final StringBuilder json = new StringBuilder();
    private final StringBuilder name = new StringBuilder();
    private final LiteralReader value = LiteralReader.gemma(json);
    private int started;
    private boolean named;

    GemmaReader(CallBook calls) {
        this.calls = calls;
    }

    @Override
    public Step accept(char c) {
        if (started < START.length()) {
            var fits = c == START.charAt(started);
            started++;
            return fits ? Step.MORE : Step.BROKEN;
        }
        if (!named) {
            if (c != '{') {
                name.append(c);
                return NamedCallReader.isName(c) ? Step.MORE : Step.BROKEN;
            }
            if (name.isEmpty()) {
                return Step.BROKEN;
            }
            named = true;
            calls.begin(name.toString(), null);
        }
        var step = value.accept(c);
        if (!json.isEmpty()) {
            calls.arguments(json);
            json.setLength(0);
        }
        return switch (step) {
            case MORE -> Step.MORE;
            case DONE -> {
                calls.end();
                yield Step.DONE;
            }
            case CUT -> Step.CUT;
            case ENDED, BROKEN -> Step.BROKEN;
        };
    }
}
