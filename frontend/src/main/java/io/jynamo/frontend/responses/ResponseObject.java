package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.AnswerIdentity;
import io.jynamo.protocol.Sampling;
import java.util.List;

/**
 * Writes the object that a response is, with every member that OpenAI's clients require.
 *
 * @param sampling as it is drawn, defaults filled in
 */
public record ResponseObject(AnswerIdentity identity, Echo echo, Sampling sampling) {
    /**
     * The whole of it.
     *
     * @param kept whether it can be read later
     */
    public byte[] write(ResponseEnd end, Output output, boolean kept) {
        return write(end, output.items(), kept);
    }

    byte[] write(ResponseEnd end, List<OutputItem> items, boolean kept) {
        JsonWriter out = new JsonWriter(2_048);
        out.beginObject().name("id").value(identity.id());
        out.name("object").value("response");
        out.name("created_at").value(identity.createdSeconds());
        end.write(out);
        echo.writeLimits(out);
        out.name("model").value(identity.model());
        out.name("output").beginArray();
        items.forEach(item -> item.write(out));
        out.endArray();
        echo.writeRest(out);
        out.name("store").value(kept);
        out.name("temperature").value(sampling.temperature());
        out.name("top_p").value(sampling.topP());
        out.name("presence_penalty").value(sampling.presencePenalty());
        out.name("frequency_penalty").value(sampling.frequencyPenalty());
        out.name("usage");
        if (end instanceof ResponseEnd.Complete complete) {
            complete.usage().write(out);
        } else {
            out.nullValue();
        }
        if (end instanceof ResponseEnd.Complete complete && complete.nvext() != null) {
            out.name("nvext").json(complete.nvext());
        }
        return out.endObject().toArray();
    }
}
