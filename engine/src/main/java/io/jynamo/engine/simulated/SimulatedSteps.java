package io.jynamo.engine.simulated;

import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.engine.schedule.StepResult;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries out planned steps without a model: tokens come from an answer source, durations from a timing model. Pure but
 * for the answers it keeps of open requests: no thread, clock or randomness, so a simulator can drive it too.
 */
public final class SimulatedSteps {
    /** A request and the answers of its choices, as far as they were asked for. */
    private static final class Open {
        private final GenerationRequest request;
        private final long seed;
        private final int[][] answers;

        Open(GenerationRequest request, long seed) {
            this.request = request;
            this.seed = seed;
            this.answers = new int[request.choices()][];
        }
    }

    private final AnswerSource answers;
    private final TimingModel timing;
    private final long kvTokens;
    private final int maxModelLen;
    private final int eosTokenId;
    private final Map<RequestId, Open> open = new HashMap<>();

    /**
     * @param kvTokens tokens that the KV pool holds
     * @param eosTokenId the id that ends an answer
     */
    public SimulatedSteps(AnswerSource answers, TimingModel timing, long kvTokens, int maxModelLen, int eosTokenId) {
        this.answers = answers;
        this.timing = timing;
        this.kvTokens = kvTokens;
        this.maxModelLen = maxModelLen;
        this.eosTokenId = eosTokenId;
    }

    /** A request will appear in plans. */
    public void accept(GenerationRequest request, long seed) {
        open.put(request.id(), new Open(request, seed));
    }

    /** A request will not appear any more. */
    public void forget(RequestId id) {
        open.remove(id);
    }

    /** How long the step takes, in nanoseconds. */
    public long nanos(StepPlan plan) {
        return timing.stepNanos(plan.shape(), kvTokens);
    }

    /** The step's tokens. */
    public void compute(StepPlan plan, StepResult result) {
        List<StepPlan.Draw> draws = plan.draws();
        for (int i = 0; i < draws.size(); i++) {
            StepPlan.Draw draw = draws.get(i);
            int token = token(draw);
            if (draw.topLogprobs() == GenerationRequest.NO_LOGPROBS) {
                result.token(i, token);
            } else {
                result.token(i, logprobs(token, draw.topLogprobs()));
            }
        }
        for (StepPlan.PromptRows rows : plan.promptRows()) {
            List<TokenLogprobs> told = new ArrayList<>(rows.targets().length);
            for (int target : rows.targets()) {
                told.add(logprobs(target, rows.topLogprobs()));
            }
            result.prompt(told);
        }
    }

    private int token(StepPlan.Draw draw) {
        Open request = open.get(draw.request());
        if (request == null) {
            throw new IllegalStateException("a step draws for request " + draw.request() + ", which is not open");
        }
        GenerationRequest asked = request.request;
        Resumption resumed = asked.resumption();
        int choice = draw.choice() - resumed.firstChoice();
        int[] answer = request.answers[choice];
        if (answer == null) {
            int wanted =
                    Math.min(resumed.outputTokens() + asked.stopping().maxTokens(), maxModelLen - draw.promptCount());
            long seed = request.seed + draw.choice() * 0x632BE59BD9B4E019L;
            answer = answers.answer(asked.prompt().slice(0, draw.promptCount()), seed, wanted);
            request.answers[choice] = answer;
        }
        int index = draw.outputIndex();
        boolean goesOn = asked.stopping().ignoreEos()
                || index - resumed.outputTokens() < asked.stopping().minTokens();
        return index < answer.length ? answer[index] : goesOn ? answer[index % answer.length] : eosTokenId;
    }

    /** The answer is certain: its logprob is 0, and that of its alternatives, the next ids, very low. */
    private static TokenLogprobs logprobs(int token, int top) {
        int[] tokens = new int[top];
        float[] values = new float[top];
        for (int i = 0; i < top; i++) {
            tokens[i] = token + i;
            values[i] = i == 0 ? 0f : -100f - i;
        }
        return new TokenLogprobs(token, 0f, tokens, values);
    }
}
