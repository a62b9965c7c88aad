package io.jynamo.engine.process;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One question at a time, asked on a thread of its own, with a bound on how long its answer may take. One that takes
 * longer is interrupted; while it still runs nothing further is asked, and every further time counts as no answer.
 */
final class Inquiry {
    private final Supplier<Optional<String>> question;
    private final Duration bound;
    private @Nullable Thread asking;
    private long deadline;

    /** @param question empty for well, otherwise what is wrong */
    Inquiry(Supplier<Optional<String>> question, Duration bound) {
        this.question = question;
        this.bound = bound;
    }

    /** Asks, and tells the answer, unless the former question still stands. */
    void ask(long nanos, Consumer<Optional<String>> answer) {
        deadline = nanos + bound.toNanos();
        Thread before = asking;
        if (before != null && before.isAlive()) {
            return;
        }
        asking = Thread.ofVirtual().name("engine-question").start(() -> {
            Optional<String> said;
            try {
                said = question.get();
            } catch (RuntimeException e) {
                said = Optional.of("asking failed: " + e);
            }
            answer.accept(said);
        });
    }

    /** When an answer that has not come is late. */
    long deadline() {
        return deadline;
    }

    void interrupt() {
        Thread thread = asking;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Ends it; a question that cannot be interrupted is left to itself after a while. */
    void end() throws InterruptedException {
        Thread thread = asking;
        if (thread != null) {
            thread.interrupt();
            thread.join(Duration.ofSeconds(5));
        }
    }
}
