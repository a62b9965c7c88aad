package io.jynamo.simulation;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.router.Placement;
import io.jynamo.router.Router;
import io.jynamo.simulation.clock.EventQueue;
import io.jynamo.simulation.workload.Session;
import io.jynamo.simulation.workload.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Who sends the workload: places each request as the frontend does, keeps its booking, and writes down what came of it. */
final class Clients {
    /** Longer than any run: deadlines are not what is measured. */
    private static final Duration PATIENCE = Duration.ofDays(30);

    private final EventQueue queue;
    private final Router router;
    private final List<Outcome> outcomes;
    private int sent;
    private int open;

    Clients(EventQueue queue, Router router, int requests) {
        this.queue = queue;
        this.router = router;
        outcomes = new ArrayList<>(requests);
    }

    void begin(Session session) {
        send(session, 0, session.startNanos());
    }

    int open() {
        return open;
    }

    int ended() {
        return outcomes.size();
    }

    /** By arrival. */
    List<Outcome> outcomes() {
        return outcomes.stream()
                .sorted(Comparator.comparingInt(Outcome::number))
                .toList();
    }

    private void send(Session session, int turn, long afterNanos) {
        long at = afterNanos + session.turns().get(turn).pauseNanos();
        queue.at(at, () -> place(session, turn));
    }

    private void place(Session session, int index) {
        Turn turn = session.turns().get(index);
        int number = sent++;
        TokenIds prompt = turn.prompt().ids();
        Placement placement = router.place(new Router.Request(prompt, CacheScope.SHARED, 1, turn.outputTokens(), 0));
        open++;
        placement.worker().start(request(number, prompt, turn), new Answer(session, index, number, placement));
    }

    private static GenerationRequest request(int number, TokenIds prompt, Turn turn) {
        return GenerationRequest.of(
                        new RequestId("r" + number),
                        prompt,
                        Sampling.GREEDY.withSeed(turn.answer()),
                        new Stopping(turn.outputTokens(), 0, Set.of(), true))
                .withTimeLimit(PATIENCE);
    }

    private final class Answer implements OutputSink {
        private final Session session;
        private final int turn;
        private final int number;
        private final Placement.Booking booking;
        private final int worker;
        private final int expectedBlocks;
        private final long arrivalNanos = queue.getAsLong();
        private long firstTokenNanos = -1;
        private int output;
        private boolean ended;

        Answer(Session session, int turn, int number, Placement placement) {
            this.session = session;
            this.turn = turn;
            this.number = number;
            booking = placement.booking();
            worker = (int) placement.worker().id().value() - 1;
            expectedBlocks = placement.cachedBlocks();
        }

        @Override
        public void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs) {
            booking.onPrefilled();
        }

        @Override
        public void onDelta(TokenDelta delta) {
            if (firstTokenNanos < 0) {
                firstTokenNanos = queue.getAsLong();
            }
            output += delta.tokens().count();
            booking.onTokens(delta.tokens().count());
        }

        @Override
        public void onFinished(GenerationEnd end) {
            if (ended
                    || end.failure() != null
                    || output != session.turns().get(turn).outputTokens()) {
                throw new IllegalStateException(
                        "request " + number + " came to a wrong end after " + output + " tokens: " + end);
            }
            ended = true;
            open--;
            booking.release();
            long now = queue.getAsLong();
            outcomes.add(new Outcome(
                    number,
                    worker,
                    expectedBlocks,
                    arrivalNanos,
                    firstTokenNanos,
                    now,
                    end.usage().prompt(),
                    end.usage().cached(),
                    output));
            if (turn + 1 < session.turns().size()) {
                send(session, turn + 1, now);
            }
        }
    }
}
