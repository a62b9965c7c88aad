package io.jynamo.engine.constrain;

import io.jynamo.engine.OutputMasks;
import io.jynamo.engine.sampling.DrawMasks;
import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Stopping;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The texts of running requests that are held to constraints, one for each choice, and the masks of their next tokens. A text is fed what was
 * drawn since it was asked last, output of another worker first, so it needs not be told of tokens, preemption or moves. For one thread.
 */
public final class HeldTexts implements DrawMasks {
    private final Set<Integer> eosTokenIds;
    private final long[] bits;
    private final Map<RequestId, Held> open = new HashMap<>();

    private static final class Held {
        private final GenerationRequest request;
        private final OutputMasks.Compiled compiled;
        private final OutputMasks.@Nullable Text[] texts;
        /** Tokens of output that each text took. */
        private final int[] taken;

        Held(GenerationRequest request, OutputMasks.Compiled compiled) {
            this.request = request;
            this.compiled = compiled;
            texts = new OutputMasks.Text[request.choices()];
            taken = new int[request.choices()];
        }
    }

    public HeldTexts(int vocabularySize, Set<Integer> eosTokenIds) {
        this.eosTokenIds = Set.copyOf(eosTokenIds);
        bits = new long[(vocabularySize + 63) >> 6];
    }

    /** Holds a request's output to something from now on. */
    public void hold(GenerationRequest request, OutputMasks.Compiled compiled) {
        open.put(request.id(), new Held(request, compiled));
    }

    /** The request has ended. */
    public void release(RequestId id) {
        open.remove(id);
    }

    @Override
    public long @Nullable [] of(StepPlan.Draw draw) {
        Held held = open.isEmpty() ? null : open.get(draw.request());
        if (held == null) {
            return null;
        }
        try {
            return mask(held, draw);
        } catch (RuntimeException | StackOverflowError failed) {
            throw Failures.told(failed);
        }
    }

    private long[] mask(Held held, StepPlan.Draw draw) {
        OutputMasks.Text text = upToDate(held, draw);
        text.mask(bits);
        boolean whole = text.isWhole();
        if (whole) {
            allowEnds(held.request.stopping());
        }
        for (int id : draw.masked()) {
            clear(id);
        }
        if (!any()) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    whole
                            ? "`min_tokens` asks for more output than the constraint has text for: it is whole after "
                                    + draw.outputIndex() + " tokens"
                            : "no token of the model goes on with the constraint after " + draw.outputIndex()
                                    + " tokens");
        }
        return bits;
    }

    private static OutputMasks.Text upToDate(Held held, StepPlan.Draw draw) {
        int choice = draw.choice() - held.request.resumption().firstChoice();
        OutputMasks.Text text = held.texts[choice];
        if (text == null) {
            text = held.compiled.begin();
            held.texts[choice] = text;
        }
        while (held.taken[choice] < draw.outputIndex()) {
            int token = draw.tokens()[draw.promptCount() + held.taken[choice]];
            if (!text.accept(token)) {
                throw new JynamoException(
                        ErrorCode.INVALID_REQUEST,
                        "the output so far leaves the constraint at its token " + held.taken[choice]
                                + "; it was not drawn under it");
            }
            held.taken[choice]++;
        }
        return text;
    }

    /**
     * A whole text may end by the request's own stop ids too. Who goes on past the end of sequence has it only where nothing else may follow.
     */
    private void allowEnds(Stopping stopping) {
        if (stopping.ignoreEos()) {
            eosTokenIds.forEach(this::clear);
            if (!any()) {
                eosTokenIds.forEach(this::set);
            }
        }
        stopping.stopTokenIds().forEach(this::set);
    }

    private boolean any() {
        return Arrays.stream(bits).anyMatch(word -> word != 0);
    }

    private void clear(int id) {
        if (id >= 0 && id >> 6 < bits.length) {
            bits[id >> 6] &= ~(1L << id);
        }
    }

    private void set(int id) {
        if (id >= 0 && id >> 6 < bits.length) {
            bits[id >> 6] |= 1L << id;
        }
    }
}
