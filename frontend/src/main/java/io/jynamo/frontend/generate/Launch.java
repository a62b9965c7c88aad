package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.AnswerIdentity;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Stopping;
import io.jynamo.router.Router;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run whose workers are being chosen.
 *
 * @param uuid what the ids of its answer and of its engine requests have in common
 */
record Launch(Attempt attempt, ClientRequest request, Prepared prepared, String uuid, AnswerIdentity identity) {
    static Launch of(Attempt attempt, ClientRequest request, Prepared prepared) {
        String uuid = attempt.exchange().head().id();
        AnswerIdentity identity = new AnswerIdentity(
                attempt.dialect().idPrefix() + uuid,
                System.currentTimeMillis() / 1_000,
                prepared.model().name(),
                Fingerprint.of(prepared.model()));
        return new Launch(attempt, request, prepared, uuid, identity);
    }

    /** Whether its client is told why its workers were chosen. */
    boolean isTold() {
        return RequestHeaders.wantsExplanation(attempt.exchange().head());
    }

    /**
     * Headers of its answer.
     *
     * @param routes why its workers were chosen, where its client is told, or null
     */
    List<Map.Entry<String, String>> headers(@Nullable String routes) {
        List<Map.Entry<String, String>> headers =
                new ArrayList<>(attempt.dialect().headers(attempt.exchange().head()));
        if (routes != null) {
            headers.add(Map.entry("x-jynamo-route", routes));
        }
        return headers;
    }

    /**
     * What engines are asked, one for each prompt.
     *
     * @param credit output tokens that a stream may have under way
     */
    List<GenerationRequest> requests(CacheScope scope, int priority, int credit) {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < prepared.prompts().size(); i++) {
            RequestId id = new RequestId(prepared.prompts().size() == 1 ? uuid : uuid + "-" + i);
            requests.add(request(id, prepared.prompts().get(i), scope, priority, credit));
        }
        return requests;
    }

    private GenerationRequest request(
            RequestId id, Prepared.Prompt prompt, CacheScope scope, int priority, int credit) {
        GenerationOptions options = prepared.options();
        int promptLogprobs = prompt.echoesLogprobs()
                ? Math.max(options.topLogprobs(), options.promptLogprobs())
                : options.promptLogprobs();
        HeldOutput held = prepared.held();
        boolean takesIds = prepared.model().card().can(Capability.TOKEN_INPUT);
        GenerationRequest request = new GenerationRequest(
                id,
                prompt.tokens(),
                options.sampling(prepared.model().defaultSampling()),
                new Stopping(prompt.maxTokens(), options.minTokens(), options.stopTokenIds(), options.ignoreEos()),
                scope,
                options.choices(),
                options.topLogprobs(),
                promptLogprobs,
                priority,
                attempt.run().limit().left(),
                options.stream() ? credit : GenerationRequest.UNLIMITED_CREDIT,
                Resumption.NONE,
                takesIds
                        ? null
                        : prepared.model().tokenizer().decode(prompt.tokens().toArray(), false),
                held == null ? null : held.constraint());
        return prepared.chat() == null ? request : request.withChat(prepared.chat());
    }

    /**
     * What the router is asked for one of them.
     *
     * @param traced the log is told why it answers as it does
     */
    Router.Request asked(GenerationRequest request, boolean traced) {
        RunClaim claim = attempt.run().claim();
        Duration within = claim.get().firstTokenWithin();
        Duration left = within == null
                ? null
                : within.minusNanos(System.nanoTime() - attempt.exchange().arrivedNanos());
        Router.Request asked = prepared.asked(request, left, claim);
        return traced || isTold() ? asked.withExplanation() : asked;
    }
}
