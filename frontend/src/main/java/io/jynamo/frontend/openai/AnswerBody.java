package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes answers that are sent whole. */
public final class AnswerBody {
    private AnswerBody() {}

    public static byte[] write(
            AnswerIdentity identity,
            boolean chat,
            List<FoldedChoice> choices,
            UsageCount usage,
            LogprobText logprobs,
            byte @Nullable [] nvext) {
        JsonWriter out = new JsonWriter(1_024);
        out.beginObject().name("id").value(identity.id());
        out.name("object").value(chat ? "chat.completion" : "text_completion");
        out.name("created").value(identity.createdSeconds());
        out.name("model").value(identity.model());
        out.name("system_fingerprint").value(identity.fingerprint());
        out.name("choices").beginArray();
        for (FoldedChoice choice : choices) {
            choice(out, chat, choice, logprobs);
        }
        out.endArray();
        JsonWriter counts = new JsonWriter(160);
        usage.write(counts, chat);
        out.name("usage").json(counts.toArray());
        FoldedChoice first = choices.getFirst();
        if (chat && first.promptLogprobs() != null) {
            out.name("prompt_logprobs");
            logprobs.prompt(out, first.promptLogprobs());
        }
        if (nvext != null) {
            out.name("nvext").json(nvext);
        }
        return out.endObject().toArray();
    }

    /** @param indexed whether it is news of a call of this index, or a call that is whole */
    static void call(JsonWriter out, CallDelta call, boolean indexed) {
        out.beginObject();
        if (indexed) {
            out.name("index").value((long) call.index());
        }
        if (call.id() != null) {
            out.name("id").value(call.id()).name("type").value("function");
        }
        out.name("function").beginObject();
        if (call.name() != null) {
            out.name("name").value(call.name());
        }
        out.name("arguments").value(call.arguments()).endObject().endObject();
    }

    private static void choice(JsonWriter out, boolean chat, FoldedChoice choice, LogprobText logprobs) {
        out.beginObject().name("index").value((long) choice.index());
        if (chat) {
            out.name("message").beginObject().name("role").value("assistant");
            boolean calling = !choice.calls().isEmpty();
            out.name("content").value(calling && choice.text().isEmpty() ? null : choice.text());
            if (!choice.reasoning().isEmpty()) {
                out.name("reasoning_content").value(choice.reasoning());
            }
            if (calling) {
                out.name("tool_calls").beginArray();
                choice.calls().forEach(call -> call(out, call, false));
                out.endArray();
            }
            out.name("refusal").nullValue().endObject();
        } else {
            out.name("text").value(choice.text());
        }
        out.name("logprobs");
        if (choice.logprobs() == null) {
            out.nullValue();
        } else if (chat) {
            logprobs.chat(out, choice.logprobs());
        } else {
            logprobs.completion(out, choice.unscored(), choice.logprobs(), 0);
        }
        if (!chat && choice.promptLogprobs() != null) {
            out.name("prompt_logprobs");
            logprobs.prompt(out, choice.promptLogprobs());
        }
        out.name("finish_reason").value(choice.finish()).endObject();
    }
}
