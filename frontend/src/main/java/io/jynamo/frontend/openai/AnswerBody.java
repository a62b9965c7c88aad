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
        usage.write(counts);
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

    private static void choice(JsonWriter out, boolean chat, FoldedChoice choice, LogprobText logprobs) {
        out.beginObject().name("index").value((long) choice.index());
        if (chat) {
            out.name("message").beginObject().name("role").value("assistant");
            out.name("content").value(choice.text()).name("refusal").nullValue().endObject();
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
