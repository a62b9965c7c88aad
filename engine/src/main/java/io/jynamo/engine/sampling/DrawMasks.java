package io.jynamo.engine.sampling;

import io.jynamo.engine.schedule.StepPlan;
import org.jspecify.annotations.Nullable;

/** Which ids may be drawn for a draw whose output is held to a constraint. */
public interface DrawMasks {
    /** Nothing is held to anything. */
    DrawMasks NONE = draw -> null;

    /**
     * The ids that may be drawn, at least one: bit {@code id & 63} of word {@code id >> 6}. Ids past the words may not.
     *
     * @return valid until the next call; null where all may
     * @throws io.jynamo.protocol.JynamoException which ends the request that the draw belongs to, and is told
     */
    long @Nullable [] of(StepPlan.Draw draw);
}
