package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Node;
import io.jynamo.text.grammar.automaton.Refusal;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The part of a grammar's pushdown automaton that texts have reached: its interned frames and configurations. It only grows; its owner starts
 * another one when {@link #weight} passes what it may weigh, and carries running texts over with {@link #adopt}. One that grows far past that
 * within a single mask is of a constraint that nobody can follow: it fails.
 */
final class Exploration {
    /** Bytes that a configuration weighs with its transitions, about. */
    private static final int CONFIGURATION = 900;

    private static final int FRAME = 80;
    /** A walk of a whole vocabulary through 10,000 words comes near. As what is found costs time too, it bounds that: about half a second. */
    private static final long MOST_BYTES = 64L << 20;

    private record FrameKey(Node node, int below) {}

    private final ConcurrentHashMap<FrameKey, Frame> frames = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ThreadSet, Configuration> configurations = new ConcurrentHashMap<>();
    private final AtomicInteger frameIds = new AtomicInteger();
    private final AtomicLong weight = new AtomicLong();

    /** About how many bytes it holds. */
    long weight() {
        return weight.get();
    }

    void weigh(long bytes) {
        weight.addAndGet(bytes);
    }

    /** The configuration of one thread. */
    Configuration at(Node node, @Nullable Frame frame) {
        var threads = new ThreadSet();
        threads.add(node, frame);
        return intern(threads);
    }

    Configuration step(Configuration from, int value, Effort effort) {
        var step = new Step(this, value, effort);
        for (int i = 0; i < from.nodes.length; i++) {
            step.from(from.nodes[i], from.frames[i]);
        }
        var to = intern(step.run());
        from.remember(step.low(), step.high(), to);
        return to;
    }

    /** A configuration of another exploration as one of this. */
    Configuration adopt(Configuration other) {
        if (other.home == this) {
            return other;
        }
        var threads = new ThreadSet();
        var adopted = new IdentityHashMap<Frame, Frame>();
        for (int i = 0; i < other.nodes.length; i++) {
            threads.add(other.nodes[i], adopt(other.frames[i], adopted));
        }
        return intern(threads);
    }

    /** Frames that threads have in common are looked for once. */
    private @Nullable Frame adopt(@Nullable Frame frame, Map<Frame, Frame> adopted) {
        var unknown = new ArrayDeque<Frame>();
        Frame below = null;
        for (Frame f = frame; f != null; f = f.below) {
            below = adopted.get(f);
            if (below != null) {
                break;
            }
            unknown.push(f);
        }
        for (Frame f : unknown) {
            below = frame(f.node, below);
            adopted.put(f, below);
        }
        return below;
    }

    private Configuration intern(ThreadSet threads) {
        threads.normalize();
        var known = configurations.get(threads);
        if (known != null) {
            return known;
        }
        var made = threads.configuration(this);
        var first = configurations.putIfAbsent(threads, made);
        if (first != null) {
            return first;
        }
        weigh(CONFIGURATION + 16L * made.nodes.length);
        if (weight() > MOST_BYTES) {
            throw Refusal.invalid("the constraint is too ambiguous: what may follow takes more than "
                    + (MOST_BYTES >> 20) + " MB to find out");
        }
        return made;
    }

    Frame frame(Node node, @Nullable Frame below) {
        var key = new FrameKey(node, below == null ? -1 : below.id);
        var known = frames.get(key);
        if (known != null) {
            return known;
        }
        var first = frames.putIfAbsent(key, new Frame(node, below, frameIds.getAndIncrement()));
        if (first != null) {
            return first;
        }
        weigh(FRAME);
        return Objects.requireNonNull(frames.get(key));
    }
}
