package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.RequestIds;
import io.jynamo.frontend.openai.CallDelta;
import io.jynamo.text.reply.ReplyParser;
import io.jynamo.text.reply.ReplySink;
import io.jynamo.text.reply.ReplyWarning;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one choice's text, after stop matching, turned out to be and was not sent yet: content, reasoning before it, calls of
 * tools. Without a plan everything is content. One choice and one thread.
 */
final class ReplyParts implements ReplySink {
    private static final int MOST_WARNINGS = 16;

    private final @Nullable ReplyPlan plan;
    private final @Nullable ReplyParser parser;
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder(0);
    private List<CallDelta> calls = new ArrayList<>(0);
    private final List<Warning> warnings = new ArrayList<>(0);
    private final List<Turn> turns = new ArrayList<>(0);
    private Kind kind = Kind.CONTENT;
    private Kind opening = Kind.CONTENT;
    private boolean reasons;
    private int whole;
    private int cut = -1;

    private enum Kind {
        CONTENT,
        REASONING,
        CALLS
    }

    /** What follows is of another kind than what came before; it begins at {@code from} of what there is of its kind. */
    private record Turn(Kind kind, int from) {}

    /** Takes the parts of a reply in the order in which they came. */
    interface Teller {
        void content(String text);

        void reasoning(String text);

        void call(CallDelta news);
    }

    /** Something a person who looks after the model should know. */
    record Warning(String code, String detail) {}

    ReplyParts(@Nullable ReplyPlan plan) {
        this.plan = plan;
        this.parser = plan == null ? null : new ReplyParser(plan.format(), plan.settings(), this);
    }

    /** Text that is content whatever it looks like. */
    void echo(String text) {
        content.append(text);
    }

    void push(String text) {
        if (parser == null) {
            content.append(text);
        } else if (!text.isEmpty()) {
            parser.accept(text);
        }
    }

    /** No more text comes. */
    void end() {
        if (parser != null) {
            parser.finish();
        }
    }

    boolean isEmpty() {
        return content.isEmpty() && reasoning.isEmpty() && calls.isEmpty();
    }

    /** Whether what was not sent yet is content and nothing else. */
    boolean isPlain() {
        return reasoning.isEmpty() && calls.isEmpty();
    }

    /** Whether the reply ends so that its calls are to be made: there are some, and none of them is cut. */
    boolean isCalling() {
        return whole > 0 && cut < 0;
    }

    String takeContent() {
        String text = content.toString();
        content.setLength(0);
        onTaken();
        return text;
    }

    private void onTaken() {
        turns.clear();
        opening = kind;
    }

    /** Tells all that was not told yet, in order; of a call that is cut as much as came of it. */
    void tell(Teller to) {
        Kind of = opening;
        int from = 0;
        for (int next = 0; next <= turns.size(); next++) {
            tell(of, from, end(of, next), to);
            if (next < turns.size()) {
                of = turns.get(next).kind();
                from = turns.get(next).from();
            }
        }
        content.setLength(0);
        reasoning.setLength(0);
        calls = new ArrayList<>(0);
        onTaken();
    }

    private void tell(Kind of, int from, int to, Teller teller) {
        if (from == to) {
            return;
        }
        switch (of) {
            case CONTENT -> teller.content(content.substring(from, to));
            case REASONING -> teller.reasoning(reasoning.substring(from, to));
            case CALLS -> joined(calls.subList(from, to), -1).forEach(teller::call);
        }
    }

    private int end(Kind of, int next) {
        for (Turn turn : turns.subList(next, turns.size())) {
            if (turn.kind() == of) {
                return turn.from();
            }
        }
        return size(of);
    }

    private int size(Kind of) {
        return switch (of) {
            case CONTENT -> content.length();
            case REASONING -> reasoning.length();
            case CALLS -> calls.size();
        };
    }

    private void turn(Kind to) {
        if (kind != to) {
            turns.add(new Turn(to, size(to)));
            kind = to;
        }
    }

    /** Whether what came last is reasoning, told or not. */
    boolean isReasoning() {
        return reasons;
    }

    /** Whether a call ended before it was whole. */
    boolean isCut(int call) {
        return call == cut;
    }

    String takeReasoning() {
        if (reasoning.isEmpty()) {
            return "";
        }
        String text = reasoning.toString();
        reasoning.setLength(0);
        return text;
    }

    /** In the order in which they came; those of one call follow each other. */
    List<CallDelta> takeCalls() {
        if (calls.isEmpty()) {
            return List.of();
        }
        List<CallDelta> taken = joined(calls, -1);
        calls = new ArrayList<>(0);
        return taken;
    }

    /** The calls that are whole, each with all of its arguments, where nothing was taken before. */
    List<CallDelta> takeWholeCalls() {
        List<CallDelta> taken = joined(calls, cut);
        calls = new ArrayList<>(0);
        return taken;
    }

    private static List<CallDelta> joined(List<CallDelta> parts, int without) {
        Map<Integer, CallDelta> first = new LinkedHashMap<>();
        Map<Integer, StringBuilder> arguments = new LinkedHashMap<>();
        for (CallDelta part : parts) {
            first.putIfAbsent(part.index(), part);
            arguments
                    .computeIfAbsent(part.index(), index -> new StringBuilder())
                    .append(part.arguments());
        }
        List<CallDelta> joined = new ArrayList<>();
        first.forEach((index, part) -> {
            if (index != without) {
                joined.add(new CallDelta(
                        index,
                        part.id(),
                        part.name(),
                        arguments.getOrDefault(index, new StringBuilder()).toString()));
            }
        });
        return joined;
    }

    List<Warning> warnings() {
        return warnings;
    }

    @Override
    public void content(String text) {
        reasons = false;
        turn(Kind.CONTENT);
        content.append(text);
    }

    @Override
    public void reasoning(String text) {
        reasons = true;
        if (plan != null && plan.showsReasoning()) {
            turn(Kind.REASONING);
            reasoning.append(text);
        }
    }

    private boolean isTold(int index) {
        return index == 0 || (plan != null && plan.parallel());
    }

    @Override
    public void callBegun(int index, String name, @Nullable String id) {
        reasons = false;
        if (isTold(index)) {
            turn(Kind.CALLS);
            calls.add(new CallDelta(index, id == null ? "call_" + RequestIds.next() : id, name, ""));
        }
    }

    @Override
    public void arguments(int index, String json) {
        if (isTold(index)) {
            turn(Kind.CALLS);
            calls.add(new CallDelta(index, null, null, json));
        }
    }

    @Override
    public void callEnded(int index) {
        whole += isTold(index) ? 1 : 0;
    }

    /** The last call of a reply, if any, as nothing of it follows. */
    @Override
    public void callCut(int index) {
        cut = isTold(index) ? index : cut;
    }

    @Override
    public void warning(ReplyWarning code, String detail) {
        if (warnings.size() < MOST_WARNINGS) {
            warnings.add(new Warning(code.id(), detail));
        }
    }
}
