package io.jynamo.engine.trtllm;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedEngine;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.JoinedServer;
import io.jynamo.engine.openai.CompletionsServer;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;

/**
 * A running trtllm-serve (TensorRT-LLM) as an engine: token ids in and out by {@code /v1/completions} with {@code "detokenize":
 * false}.
 *
 * <p>Not verified against the real server, which needs a GPU: written and tested after its documented interface. It does not
 * tell its context, so the options must. Several choices are not offered: it refuses greedy ones.
 */
public final class TrtllmEngine extends AttachedEngine {
    private TrtllmEngine(WorkerId id, AttachOptions options, JoinedServer server) {
        super(id, options, server);
    }

    /**
     * Joins a running trtllm-serve.
     *
     * @throws JynamoException if it does not answer ({@code WORKER_LOST}) or is no trtllm-serve ({@code INVALID_CONFIGURATION})
     */
    public static TrtllmEngine attach(WorkerId id, AttachOptions options) {
        EngineHttp http = new EngineHttp(options);
        try {
            CompletionsServer server = CompletionsServer.find(http, options);
            if (!server.model().owner().equals("tensorrt_llm")) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "the engine at " + http.url() + " is no trtllm-serve: its model is owned by '"
                                + server.model().owner() + "'; attach it as an OpenAI-compatible server");
            }
            return new TrtllmEngine(id, options, server.joined(http));
        } catch (RuntimeException e) {
            http.close();
            throw e;
        }
    }
}
