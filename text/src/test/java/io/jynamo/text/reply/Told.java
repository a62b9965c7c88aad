package io.jynamo.text.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Remembers what a parser told, and insists on the order and form a {@link ReplySink} is promised. */
final class Told implements ReplySink {
    static final JsonMapper JSON = JsonMapper.builder().build();

    /** A call as told: its arguments are the pieces joined. */
    record Call(String name, @Nullable String id, String arguments, boolean ended) {}

    /** Everything told, with neighbouring pieces joined, so that it does not depend on the pieces a text came in. */
    record Reply(String content, String reasoning, List<Call> calls, List<String> warnings, List<String> order) {
        List<Call> ended() {
            return calls.stream().filter(Call::ended).toList();
        }

        List<Call> cut() {
            return calls.stream().filter(call -> !call.ended()).toList();
        }

        /** As it stands in golden files. */
        Map<String, Object> row() {
            var row = new LinkedHashMap<String, Object>();
            row.put("content", content);
            row.put("reasoning", reasoning);
            row.put("calls", calls.stream().map(Reply::callRow).toList());
            row.put("warnings", warnings);
            return row;
        }

        private static Map<String, Object> callRow(Call call) {
            var row = new LinkedHashMap<String, Object>();
            row.put("name", call.name());
            if (call.id() != null) {
                row.put("id", call.id());
            }
            row.put(call.ended() ? "arguments" : "cut", call.arguments());
            return row;
        }
    }

    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<Call> calls = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> order = new ArrayList<>();
    private final StringBuilder arguments = new StringBuilder();
    private final List<String> pieces = new ArrayList<>();
    private @Nullable String name;
    private @Nullable String id;

    static Reply of(ReplyFormat format, ReplySettings settings, List<String> pieces) {
        var told = new Told();
        var parser = new ReplyParser(format, settings, told);
        pieces.forEach(parser::accept);
        parser.finish();
        return told.reply();
    }

    static Reply of(ReplyFormat format, ReplySettings settings, String text) {
        return of(format, settings, List.of(text));
    }

    /** The same is told of a text that comes at once, by characters, or in two pieces cut anywhere. */
    static void assertBordersDoNotMatter(String id, ReplyFormat format, ReplySettings settings, String text) {
        Reply whole = of(format, settings, text);
        assertThat(of(format, settings, characters(text))).as(id).isEqualTo(whole);
        for (int cut = 1; cut < text.length(); cut++) {
            assertThat(of(format, settings, List.of(text.substring(0, cut), text.substring(cut))))
                    .as("%s cut at %d", id, cut)
                    .isEqualTo(whole);
        }
    }

    static List<String> characters(String text) {
        return text.chars().mapToObj(c -> String.valueOf((char) c)).toList();
    }

    Reply reply() {
        if (name != null) {
            throw new AssertionError("the call of " + name + " has no end");
        }
        return new Reply(
                content.toString(),
                reasoning.toString(),
                List.copyOf(calls),
                List.copyOf(warnings),
                List.copyOf(order));
    }

    /** Pieces of content, reasoning and arguments as they were told. */
    List<String> pieces() {
        return pieces;
    }

    private void piece(String kind, String text) {
        if (text.isEmpty()) {
            throw new AssertionError("an empty piece of " + kind);
        }
        pieces.add(text);
        happened(kind);
    }

    private void happened(String kind) {
        if (order.isEmpty() || !order.getLast().equals(kind)) {
            order.add(kind);
        }
    }

    private void outsideCalls() {
        if (name != null) {
            throw new AssertionError("text inside the call of " + name);
        }
    }

    private void insideCall(int index) {
        if (name == null || index != calls.size()) {
            throw new AssertionError("call " + index + " is not open; " + calls.size() + " are over");
        }
    }

    @Override
    public void content(String text) {
        outsideCalls();
        piece("content", text);
        content.append(text);
    }

    @Override
    public void reasoning(String text) {
        outsideCalls();
        piece("reasoning", text);
        reasoning.append(text);
    }

    @Override
    public void callBegun(int index, String called, @Nullable String calledId) {
        outsideCalls();
        if (index != calls.size() || called.isEmpty()) {
            throw new AssertionError("call " + index + " of '" + called + "' after " + calls.size());
        }
        name = called;
        id = calledId;
        arguments.setLength(0);
        happened("call " + index);
    }

    @Override
    public void arguments(int index, String json) {
        insideCall(index);
        piece("arguments " + index, json);
        arguments.append(json);
    }

    @Override
    public void callEnded(int index) {
        insideCall(index);
        over(true);
        if (!(JSON.readValue(arguments.toString(), Object.class) instanceof Map)) {
            throw new AssertionError("arguments that are no object: " + arguments);
        }
    }

    @Override
    public void callCut(int index) {
        insideCall(index);
        over(false);
    }

    private void over(boolean ended) {
        happened((ended ? "end " : "cut ") + calls.size());
        calls.add(new Call(String.valueOf(name), id, arguments.toString(), ended));
        name = null;
    }

    @Override
    public void warning(ReplyWarning code, String detail) {
        warnings.add(code.id());
    }
}
