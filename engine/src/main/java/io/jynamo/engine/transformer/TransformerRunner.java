package io.jynamo.engine.transformer;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.step.KvMemory;
import io.jynamo.engine.step.Logits;
import io.jynamo.engine.step.Step;
import io.jynamo.engine.step.StepRunner;
import io.jynamo.engine.tensor.Lanes;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.weights.ModelConfig;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Computes steps of one worker: a model's weights, which it shares, over KV blocks of its own. */
public final class TransformerRunner implements StepRunner {
    private static final int WARM_UP_TOKENS = 64;

    private final TransformerModel model;
    private final ThreadTeam team;
    private final PagedKv kv;
    private final ForwardPass pass;
    private boolean closed;

    /**
     * Allocates the KV pool.
     *
     * @param blocks in the KV pool
     * @param blockTokens tokens to a block
     * @param elementType of cached keys and values; F32 is exact, the others round
     * @param team shared by all runners of the process; their steps take turns
     */
    public TransformerRunner(
            TransformerModel model, int blocks, int blockTokens, BlockSpace.ElementType elementType, ThreadTeam team) {
        this.model = model;
        this.team = team;
        this.kv = new PagedKv(layout(model.config(), blockTokens, elementType), blocks);
        this.pass = new ForwardPass(model, kv, team);
    }

    /** How a block of this model lies; its size tells how many fit a memory budget. */
    public static BlockSpace.Layout layout(ModelConfig config, int blockTokens, BlockSpace.ElementType elementType) {
        return new BlockSpace.Layout(config.layers(), config.kvHeads(), config.headSize(), elementType, blockTokens);
    }

    @Override
    public KvMemory memory() {
        return kv;
    }

    @Override
    public int vocabularySize() {
        return model.config().vocabularySize();
    }

    @Override
    public void run(Step step, Logits logits) {
        team.exclusively(() -> {
            if (closed) {
                throw new IllegalStateException("the runner is closed");
            }
            pass.run(step, logits);
        });
    }

    /**
     * Runs made-up steps until {@code limit} has passed, so that the first request does not meet interpreted kernels. To be
     * called before any block is in use: it writes to the first ones.
     */
    public void warmUp(Duration limit) {
        int blockTokens = kv.layout().blockTokens();
        int[] blocks = IntStream.range(0, Math.min(kv.blocks(), (WARM_UP_TOKENS + blockTokens - 1) / blockTokens))
                .toArray();
        int length = Math.min(WARM_UP_TOKENS, blocks.length * blockTokens);
        Logits logits = new Logits(vocabularySize());
        long deadline = System.nanoTime() + limit.toNanos();
        for (int round = 0; System.nanoTime() < deadline; round++) {
            int position = round % 8 == 0 ? 0 : length - 1;
            int[] tokens = new int[length - position];
            run(new Step(List.of(new Step.Slice(tokens, position, blocks, 1))), logits);
        }
    }

    @Override
    public void copyBlock(int from, int to, int tokens) {
        // Keys of a token are spread over the block, so it is copied whole; what lies after `tokens` is written before
        // it is read.
        Lanes.copy(kv.address(from), kv.address(to), kv.layout().blockBytes());
    }

    @Override
    public void close() {
        team.exclusively(() -> {
            closed = true;
            kv.close();
        });
    }
}
