package io.jynamo.engine.vllm;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedEngine;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.JoinedServer;
import io.jynamo.engine.openai.CompletionsServer;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;

/**
 * A running vLLM as an engine: token ids in and out by {@code /v1/completions} with {@code return_token_ids}.
 *
 * <p>That route, and not {@code /inference/v1/generate}, because every vLLM has it open (the other answers 403 without
 * {@code --enable-scale-out}) and it refuses what it cannot do, where the other shortens the answer or ignores the field.
 * The price is that the engine writes text nobody reads, and repeats the prompt's ids once in its first chunk.
 */
public final class VllmEngine extends AttachedEngine {
    private VllmEngine(WorkerId id, AttachOptions options, JoinedServer server) {
        super(id, options, server);
    }

    /**
     * Joins a running vLLM.
     *
     * @throws JynamoException if it does not answer ({@code WORKER_LOST}) or is no vLLM ({@code INVALID_CONFIGURATION})
     */
    public static VllmEngine attach(WorkerId id, AttachOptions options) {
        EngineHttp http = new EngineHttp(options);
        try {
            CompletionsServer server = CompletionsServer.find(http, options);
            if (!server.model().owner().equals("vllm")) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "the engine at " + http.url() + " is no vLLM: its model is owned by '"
                                + server.model().owner() + "'; attach it as an OpenAI-compatible server");
            }
            return new VllmEngine(id, options, server.joined(http));
        } catch (RuntimeException e) {
            http.close();
            throw e;
        }
    }
}
