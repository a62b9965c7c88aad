package io.jynamo.frontend.responses;

import io.jynamo.frontend.openai.CallDelta;
import io.jynamo.frontend.openai.LogprobText;
import io.jynamo.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A reply becoming the items of a response: what is of one kind and comes in one go is one item. White space that only stands
 * between two of them is no message. Event loop only.
 */
public final class Output {
    private final String response;
    private final Form form;
    private final Watcher watcher;
    private final List<OutputItem> items = new ArrayList<>();
    private final StringBuilder blank = new StringBuilder(0);
    private final List<TokenLogprobs> pending = new ArrayList<>(0);
    private @Nullable OutputItem open;
    private int openCall = -1;

    /** Is told of items as they come. */
    interface Watcher {
        /** Watches nothing. */
        Watcher NONE = new Watcher() {
            @Override
            public void onAdded(OutputItem item) {}

            @Override
            public void onText(OutputItem item, String more, List<TokenLogprobs> scored) {}

            @Override
            public void onDone(OutputItem item) {}
        };

        void onAdded(OutputItem item);

        void onText(OutputItem item, String more, List<TokenLogprobs> scored);

        void onDone(OutputItem item);
    }

    /**
     * How it is told.
     *
     * @param summarizes whether reasoning is told as a summary
     * @param tokens how their log probabilities are told
     */
    public record Form(boolean summarizes, LogprobText tokens, Map<String, CalledName> names) {
        /** As a request asks for it. */
        public static Form of(ResponsesRequest request, LogprobText tokens) {
            return new Form(request.summarizes(), tokens, request.names());
        }
    }

    Output(String response, Form form, Watcher watcher) {
        this.response = response;
        this.form = form;
        this.watcher = watcher;
    }

    /** Output of a response that is told whole. */
    public static Output whole(String response, Form form) {
        return new Output(response, form, Watcher.NONE);
    }

    List<OutputItem> items() {
        return items;
    }

    /** More of what is said; {@code scored} are its tokens, where their probabilities are wanted. */
    public void content(String text, List<TokenLogprobs> scored) {
        OutputItem now = open;
        if (now != null && now.kind() == OutputItem.Kind.MESSAGE) {
            append(now, text, scored);
            return;
        }
        blank.append(text);
        pending.addAll(scored);
        if (!text.isBlank()) {
            beginMessage();
        }
    }

    private void beginMessage() {
        OutputItem message = begin(OutputItem.Kind.MESSAGE, "", "");
        String text = blank.toString();
        List<TokenLogprobs> scored = List.copyOf(pending);
        dropBlank();
        append(message, text, scored);
    }

    private void dropBlank() {
        blank.setLength(0);
        pending.clear();
    }

    /** More of what is thought. */
    public void reasoning(String text) {
        OutputItem.Kind kind = form.summarizes() ? OutputItem.Kind.SUMMARY : OutputItem.Kind.REASONING;
        dropBlank();
        OutputItem now = open;
        append(now != null && now.kind() == kind ? now : begin(kind, "", ""), text, List.of());
    }

    /** News of a call. */
    public void call(CallDelta news) {
        dropBlank();
        OutputItem now = open;
        String id = news.id();
        if (id != null) {
            String name = news.name();
            now = begin(OutputItem.Kind.CALL, id, name == null ? "" : name);
            openCall = news.index();
        }
        if (now == null || !isCall(now) || openCall != news.index()) {
            throw new IllegalStateException("arguments of a call that is not under way: " + news.index());
        }
        if (!news.arguments().isEmpty()) {
            append(now, news.arguments(), List.of());
        }
    }

    private static boolean isCall(OutputItem item) {
        return item.kind() == OutputItem.Kind.CALL || item.kind() == OutputItem.Kind.CUSTOM;
    }

    /** The call that came last, or -1 where something else did. */
    public int lastCall() {
        return openCall;
    }

    /**
     * Nothing more comes.
     *
     * @param whole whether the item that came last is all there
     */
    public void end(boolean whole) {
        if (items.isEmpty() && !blank.isEmpty()) {
            beginMessage();
        }
        close(whole);
    }

    private OutputItem begin(OutputItem.Kind kind, String callId, String name) {
        close(true);
        CalledName called = form.names().getOrDefault(name, CalledName.of(name));
        OutputItem item = new OutputItem(
                called.custom() ? OutputItem.Kind.CUSTOM : kind, items.size(), response, callId, called, form.tokens());
        items.add(item);
        open = item;
        watcher.onAdded(item);
        return item;
    }

    private void append(OutputItem item, String more, List<TokenLogprobs> scored) {
        item.append(more, scored);
        // What a custom tool is given stands within arguments, and is known when those are whole.
        if (!more.isEmpty() && item.kind() != OutputItem.Kind.CUSTOM) {
            watcher.onText(item, more, scored);
        }
    }

    private void close(boolean whole) {
        OutputItem now = open;
        open = null;
        openCall = -1;
        if (now != null && now.kind() == OutputItem.Kind.CUSTOM) {
            now.replace(CustomTools.input(now.text()));
            watcher.onText(now, now.text(), List.of());
        }
        if (now != null) {
            now.end(whole);
            watcher.onDone(now);
        }
    }
}
