package io.jynamo.engine.schedule;

import io.jynamo.engine.sampling.Sampler;
import io.jynamo.engine.step.FakeRunner;
import io.jynamo.engine.step.Logits;
import io.jynamo.engine.step.Step;
import io.jynamo.protocol.GenerationRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a request must say, computed token by token from scratch: no cache, no batch, no chunks, no sharing. */
final class Oracle {
    private Oracle() {}

    static List<Integer> tokens(GenerationRequest request, long seed, int choice, int maxModelLen) {
        int prompt = request.prompt().count();
        int[] history = Arrays.copyOf(request.prompt().toArray(), maxModelLen + 1);
        List<Integer> output = new ArrayList<>();
        Sampler sampler = new Sampler(CoreDriver.VOCABULARY);
        Logits logits = new Logits(CoreDriver.VOCABULARY);
        int limit = Math.min(request.stopping().maxTokens(), maxModelLen - prompt);
        for (int count = prompt; output.size() < limit; count++) {
            FakeRunner runner = new FakeRunner(CoreDriver.VOCABULARY, 1, count);
            Step step = new Step(List.of(new Step.Slice(Arrays.copyOf(history, count), 0, new int[] {0}, 1)));
            runner.run(step, logits);
            boolean early = output.size() < request.stopping().minTokens();
            int[] stops = stops(request);
            StepPlan.Draw draw = new StepPlan.Draw(
                    request.id(),
                    choice,
                    0,
                    0,
                    request.sampling(),
                    seed,
                    history,
                    prompt,
                    count,
                    early ? stops : new int[0],
                    GenerationRequest.NO_LOGPROBS);
            StepPlan plan = new StepPlan(List.of(), step, List.of(draw), List.of(), new StepPlan.Shape(count, 0, 0));
            StepResult result = new StepResult();
            result.reset(plan);
            sampler.sample(plan, logits, result);
            int token = result.token(0);
            if (!early && IntStream.of(stops).anyMatch(s -> s == token)) {
                break;
            }
            output.add(token);
            history[count] = token;
        }
        return output;
    }

    private static int[] stops(GenerationRequest request) {
        IntStream eos = request.stopping().ignoreEos() ? IntStream.empty() : IntStream.of(CoreDriver.EOS);
        return IntStream.concat(eos, request.stopping().stopTokenIds().stream().mapToInt(Integer::intValue))
                .toArray();
    }
}
