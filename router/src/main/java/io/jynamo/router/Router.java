package io.jynamo.router;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses the worker of each request of one model and keeps the book of what every worker was given. */
public interface Router extends AutoCloseable {
    /** Offers a worker from now on. */
    void add(Worker worker);

    /** Offers a worker no longer; requests it has keep their bookings. */
    void remove(WorkerId worker);

    /**
     * Chooses a worker and books the request on it. It may wait for one; whoever may not, asks {@link #placeNow} first.
     * Interrupting the thread ends the waiting.
     *
     * @throws io.jynamo.protocol.JynamoException NOT_READY without workers, OVERLOADED when all are full and as many wait as
     *     may, DEADLINE_UNREACHABLE where its first token would come too late, CANCELLED when interrupted
     */
    Placement place(Request request);

    /**
     * Chooses a worker and books the request on it, if that needs no waiting.
     *
     * @return null where {@link #place} would wait
     * @throws io.jynamo.protocol.JynamoException as {@link #place}
     */
    default @Nullable Placement placeNow(Request request) {
        return place(request);
    }

    /**
     * Chooses a worker and books the request on it, whoever waits and however busy all are: it runs already.
     *
     * @throws io.jynamo.protocol.JynamoException as {@link #place}, but for waiting
     */
    default Placement placeUnasked(Request request) {
        return place(request);
    }

    /**
     * How it would choose now; nothing is booked.
     *
     * @throws io.jynamo.protocol.JynamoException as {@link #place}
     */
    Explanation explain(Request request);

    /** What it holds now, for metrics and people. */
    RouterStatus status();

    /** What its decisions took and found so far. */
    default DecisionFigures decisions() {
        return DecisionFigures.NONE;
    }

    /** Who waits for a worker now. */
    default Queue queue() {
        return Queue.EMPTY;
    }

    /** The same by the class that they wait in; all have one where there are no classes. */
    default Map<String, Queue> queues() {
        return Map.of("default", queue());
    }

    /** Whether every worker the request may go to is busy by that rule; false where there is none. */
    default boolean isBusy(Request request, BusyRule rule) {
        return false;
    }

    /** Of the request's prompt, the tokens that some worker it may go to has in its cache, at most. */
    default int cachedTokens(Request request) {
        return 0;
    }

    @Override
    void close();

    /**
     * Requests that wait for a worker.
     *
     * @param promptTokens of all of them
     * @param cachedTokens of these, what some worker had in its cache when they came
     */
    record Queue(int requests, long promptTokens, long cachedTokens) {
        public static final Queue EMPTY = new Queue(0, 0, 0);

        /** With so many more, or less. */
        public Queue plus(int moreRequests, long morePrompt, long moreCached) {
            return new Queue(requests + moreRequests, promptTokens + morePrompt, cachedTokens + moreCached);
        }
    }

    /**
     * What a choice needs to know.
     *
     * @param expectedOutputTokens what the request may produce at most
     * @param priority among requests of one class, higher goes first
     * @param tried workers that failed with it and are not chosen again
     * @param explained whether its placement must say why
     * @param hashed the prompt where only its hashes are known; null where {@code prompt} is it
     */
    record Request(
            TokenIds prompt,
            CacheScope scope,
            int choices,
            int expectedOutputTokens,
            int priority,
            Set<WorkerId> tried,
            Wishes wishes,
            Claim claim,
            boolean explained,
            @Nullable HashedPrompt hashed) {
        public Request {
            tried = Set.copyOf(tried);
        }

        /** An ordinary request for any worker, not explained. */
        public Request(TokenIds prompt, CacheScope scope, int choices, int expectedOutputTokens, int priority) {
            this(
                    prompt,
                    scope,
                    choices,
                    expectedOutputTokens,
                    priority,
                    Set.of(),
                    Wishes.NONE,
                    Claim.ORDINARY,
                    false,
                    null);
        }

        /** An ordinary request for any worker, of a prompt that others hashed. */
        public static Request of(HashedPrompt hashed, int choices, int expectedOutputTokens, int priority) {
            return new Request(
                    TokenIds.empty(),
                    CacheScope.SHARED,
                    choices,
                    expectedOutputTokens,
                    priority,
                    Set.of(),
                    Wishes.NONE,
                    Claim.ORDINARY,
                    false,
                    hashed);
        }

        /** Length of the prompt. */
        public int promptTokens() {
            return hashed == null ? prompt.count() : hashed.tokens();
        }

        public Request withTried(Set<WorkerId> failed) {
            return new Request(
                    prompt, scope, choices, expectedOutputTokens, priority, failed, wishes, claim, explained, hashed);
        }

        public Request withWishes(Wishes wanted) {
            return new Request(
                    prompt, scope, choices, expectedOutputTokens, priority, tried, wanted, claim, explained, hashed);
        }

        public Request withClaim(Claim claimed) {
            return new Request(
                    prompt, scope, choices, expectedOutputTokens, priority, tried, wishes, claimed, explained, hashed);
        }

        public Request withExplanation() {
            return new Request(
                    prompt, scope, choices, expectedOutputTokens, priority, tried, wishes, claim, true, hashed);
        }
    }

    /**
     * A prompt of which only the hashes are known. Adapter and salt are in them.
     *
     * @param blocks of its full blocks, or of those at its beginning that could be hashed
     * @param tokens of all of it
     */
    record HashedPrompt(BlockHashes blocks, int tokens) {
        /** Of prompts of which nothing is cached, such as texts to embed. */
        public static final BlockHashes NO_BLOCKS = new BlockHashes(new long[0], new long[0]);

        public HashedPrompt {
            if (tokens < 0) {
                throw new IllegalArgumentException("tokens must not be negative: " + tokens);
            }
        }
    }
}
