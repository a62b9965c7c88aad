package io.jynamo.engine.openai;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedEngine;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.JoinedServer;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;

/**
 * Any server with OpenAI's {@code /v1/completions} as an engine. A llama.cpp or vLLM behind it is known by its pages; of any
 * other it is found out by small real requests what it can do.
 */
public final class OpenAiEngine extends AttachedEngine {
    private OpenAiEngine(WorkerId id, AttachOptions options, JoinedServer server) {
        super(id, options, server);
    }

    /**
     * Joins a running server.
     *
     * @throws JynamoException if it does not answer ({@code WORKER_LOST}), still loads ({@code NOT_READY}) or is not what
     *     the options say
     */
    public static OpenAiEngine attach(WorkerId id, AttachOptions options) {
        EngineHttp http = new EngineHttp(options);
        try {
            return new OpenAiEngine(
                    id, options, CompletionsServer.find(http, options).joined(http));
        } catch (RuntimeException e) {
            http.close();
            throw e;
        }
    }
}
