package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.LogprobText;
import io.jynamo.frontend.responses.Output;
import io.jynamo.frontend.responses.ResponseEnd;
import io.jynamo.frontend.responses.ResponseObject;
import io.jynamo.frontend.responses.ResponseStore;
import io.jynamo.frontend.responses.ResponsesRequest;
import io.jynamo.frontend.responses.StoredResponse;
import org.jspecify.annotations.Nullable;

/** Writes a response when it is whole and keeps it, where its client wants that and there is room. */
final class ResponseKeeper {
    private static final String LEFT_OUT = "tool_left_out";

    private final ResponseObject response;
    private final Output.Form form;
    private final ResponseStore store;
    private final String owner;
    private final @Nullable String previous;
    /** What it was given, as it is kept; null where it is not. */
    private final byte @Nullable [] input;

    ResponseKeeper(ResponsesRequest request, ResponsesDialect dialect, AnswerParts parts) {
        Prepared prepared = parts.prepared();
        this.response = new ResponseObject(
                parts.identity(),
                request.echo(),
                prepared.options().sampling(prepared.model().defaultSampling()));
        this.form = Output.Form.of(request, new LogprobText(prepared.model().tokenizer(), false));
        this.store = dialect.store();
        this.owner = dialect.owner();
        this.previous = request.previous();
        this.input = request.store() && store.limits().isOn()
                ? StoredResponse.input(parts.identity().id(), request.input())
                : null;
        request.leftOut()
                .forEach(type -> parts.extras()
                        .warn(new ReplyParts.Warning(
                                LEFT_OUT,
                                "The server has no tool of type " + type + ", so the model was not told of it.")));
    }

    ResponseObject response() {
        return response;
    }

    Output.Form form() {
        return form;
    }

    /** Whether it is to be kept. */
    boolean keeps() {
        return input != null;
    }

    /** The response as it is told, and kept from now on. One that is larger than the whole store says that it is not. */
    byte[] keep(ResponseEnd.Complete end, Output output) {
        byte[] whole = response.write(end, output, input != null);
        if (input == null) {
            return whole;
        }
        StoredResponse stored = new StoredResponse(owner, response.identity().id(), previous, input, whole);
        if (!store.fits(stored)) {
            return response.write(end, output, false);
        }
        store.keep(stored);
        return whole;
    }
}
