package io.jynamo.cli.worker;

import io.jynamo.cli.text.TextSide;
import io.jynamo.engine.Engine;
import io.jynamo.protocol.WorkerId;
import java.util.List;

/**
 * The workers of one engine as they are offered to those who call them: frontends in other processes, or the one of this
 * process. They are announced, load, are ready, and are withdrawn; then others may be announced.
 */
public interface Offers {
    /**
     * Says that there will be so many, under these names. Those that are announced already stay, unless they have other
     * names or are too many.
     */
    void announce(List<String> names, int count);

    /** Who they are, ready or not. */
    List<WorkerId> ids();

    /** Says how far they are, or why they are not there, while they load. */
    void loading(String progress);

    /** They take requests from now on, each with the engine at its place. */
    void ready(List<? extends Engine> started, TextSide text);

    /**
     * Says of each whether its engine can be used, and which adapters it has, as long as they are offered.
     *
     * @param usable false where none can, whatever they say themselves
     */
    void follow(boolean usable);

    /** The engines of those that are ready. */
    List<Engine> engines();

    /** They are gone. */
    void withdraw();
}
