package io.jynamo.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However requests are batched, cut, cached, forked and preempted, they say the same. */
class TokenIdentityTest {
    private static final int REQUESTS = 40;

    @ParameterizedTest(name = "{0} sequences, {1} tokens, chunk {2}, {3} blocks of {4}, reuse {5}")
    @CsvSource({
        "1,  512, 512, 400,  8, false", // alone, whole prompts
        "1,  512, 512, 400,  8, true",
        "16, 512, 512, 400,  8, false", // batched
        "16, 512, 512, 400,  8, true",
        "16, 16,  4,   400,  8, true", // small chunks
        "16, 17,  3,   400, 16, true", // chunks across block borders
        "16, 512, 512, 16,   8, true", // blocks run out: preemption, eviction
        "16, 64,  8,   16,   8, true",
        "16, 64,  8,   16,   8, false",
        "16, 64,  8,   14,   8, true",
        "4,  64,  8,   120,  1, true", // a block per token
        "16, 64,  8,   4,  32, true"
    })
    void saysTheSame(int sequences, int tokens, int chunk, int blocks, int blockTokens, boolean reuse) {
        CoreDriver driver = new CoreDriver(CoreDriver.options(sequences, tokens, chunk, reuse), blocks, blockTokens);
        RandomRequests source = new RandomRequests(42);
        List<GenerationRequest> requests = new ArrayList<>();
        while (requests.size() < REQUESTS) {
            GenerationRequest request = source.next(GenerationRequest.UNLIMITED_CREDIT);
            if (request.choices() <= sequences) {
                requests.add(request);
                driver.submit(request, requests.size());
                if (requests.size() % 3 == 0) {
                    driver.step();
                }
            }
        }
        driver.finish();
        for (int i = 0; i < requests.size(); i++) {
            check(driver, requests.get(i), i + 1L);
        }
        assertThat(driver.core.pool().used()).isZero();
        boolean tight = blocks * blockTokens < 140;
        assertThat(driver.core.preemptions() > 0).isEqualTo(tight && sequences > 1);
        if (reuse) {
            assertThat(driver.outputs.values())
                    .anySatisfy(o -> assertThat(o.cached).isPositive());
        }
    }

    /** Each new request is more urgent than all before it, so that it takes a place and, where they are short, blocks. */
    @ParameterizedTest(name = "{0} sequences, {1} tokens, chunk {2}, {3} blocks of {4}, reuse {5}")
    @CsvSource({
        "1, 512, 512, 800, 8, true",
        "1, 16,  4,   800, 8, true", // overtaken inside their prompts
        "1, 16,  4,   14,  8, true",
        "4, 64,  8,   20,  8, true",
        "4, 64,  8,   20,  8, false"
    })
    void saysTheSameHoweverOftenItIsOvertaken(
            int sequences, int tokens, int chunk, int blocks, int blockTokens, boolean reuse) {
        CoreDriver driver = new CoreDriver(CoreDriver.options(sequences, tokens, chunk, reuse), blocks, blockTokens);
        RandomRequests source = new RandomRequests(43);
        List<GenerationRequest> requests = new ArrayList<>();
        while (requests.size() < REQUESTS) {
            GenerationRequest request =
                    Requests.withPriority(source.next(GenerationRequest.UNLIMITED_CREDIT), requests.size() / 2);
            if (request.choices() <= sequences) {
                requests.add(request);
                driver.submit(request, requests.size());
                for (int step = 0; step < 3; step++) {
                    driver.step();
                }
            }
        }
        driver.finish();
        for (int i = 0; i < requests.size(); i++) {
            check(driver, requests.get(i), i + 1L);
        }
        assertThat(driver.core.pool().used()).isZero();
        assertThat(driver.core.displacements()).isGreaterThan(3);
        assertThat(driver.core.preemptions() > 0).isEqualTo(blocks < 800);
    }

    @Test
    void repeatedPromptsComputeOnlyTheirEnds() {
        CoreDriver driver = new CoreDriver(CoreDriver.options(4, 512, 512, true), 100, 8);
        RandomRequests source = new RandomRequests(7);
        GenerationRequest request = source.next(GenerationRequest.UNLIMITED_CREDIT);
        while (request.prompt().count() < 40 || request.promptLogprobs() != GenerationRequest.NO_LOGPROBS) {
            request = source.next(GenerationRequest.UNLIMITED_CREDIT);
        }
        driver.submit(request, 1);
        driver.finish();
        driver.steps.clear();
        GenerationRequest again = new GenerationRequest(
                new io.jynamo.protocol.RequestId("again"),
                request.prompt(),
                request.sampling(),
                request.stopping(),
                request.scope(),
                1,
                request.topLogprobs(),
                request.promptLogprobs(),
                0,
                request.timeLimit(),
                request.credit());
        driver.submit(again, 1);
        driver.step();
        assertThat(driver.steps.getFirst().tokens()).isBetween(1, 8);
    }

    private static void check(CoreDriver driver, GenerationRequest request, long seed) {
        CoreDriver.Output output = driver.output(request.id());
        assertThat(output.end().failure()).isNull();
        int total = 0;
        for (int choice = 0; choice < request.choices(); choice++) {
            List<Integer> expected = Oracle.tokens(request, seed, choice, 400);
            assertThat(output.tokens.getOrDefault(choice, List.of()))
                    .as("request %s choice %d", request.id(), choice)
                    .isEqualTo(expected);
            assertThat(output.finishes.get(choice))
                    .isEqualTo(
                            expected.size() == request.stopping().maxTokens()
                                    ? FinishReason.LENGTH
                                    : FinishReason.STOP);
            total += expected.size();
        }
        assertThat(output.end().usage().output()).isEqualTo(total);
        assertThat(output.prompt)
                .hasSize(request.promptLogprobs() < 0 ? 0 : request.prompt().count() - 1);
    }
}
