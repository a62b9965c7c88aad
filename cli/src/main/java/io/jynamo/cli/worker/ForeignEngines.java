package io.jynamo.cli.worker;

import io.jynamo.cli.Lifecycle;
import io.jynamo.cli.settings.ForeignOptions.Target;
import io.jynamo.cli.text.TextSides;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Joins the engines of others behind one process: side by side, each on its own from then on. The process can begin with
 * some of them; those that could not be reached are tried until they can.
 */
final class ForeignEngines {
    private static final System.Logger LOG = System.getLogger(ForeignEngines.class.getName());
    /** How long engines that say nothing hold up those that have been joined. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** How the first try at an engine ended. */
    private record FirstTry(ForeignWorkers engine, Optional<Throwable> failure) {}

    private final BlockingQueue<FirstTry> tried = new LinkedBlockingQueue<>();
    private final List<FirstTry> refused = new ArrayList<>();
    private final int count;

    private ForeignEngines(int count) {
        this.count = count;
    }

    /**
     * Returns once at least one is offered.
     *
     * @param files of the model's text side
     * @param lifecycle owns what is opened
     * @throws JynamoException where none can be joined, with the reason of each
     */
    static void join(WorkerSetup setup, ServedNames names, Path files, Loading loading, Lifecycle lifecycle) {
        List<Target> targets = setup.foreign().targets();
        var engines = new ForeignEngines(targets.size());
        var texts = new TextSides();
        var terms = new ModelExchange.Terms(Optional.empty(), names.all(), files);
        var text = texts.of(files); // what is wrong with it is told before anything is launched
        for (int i = 0; i < targets.size(); i++) {
            Offers offers = loading.offers().get(i);
            ForeignWorkers workers = lifecycle.own(ForeignWorkers.start(
                    new ForeignWorkers.Place(setup, targets.get(i)), names.primary(), files, offers, loading.group()));
            lifecycle.own(offers::withdraw);
            lifecycle.own(new StateFollower(
                    offers,
                    () -> loading.group().map(GroupMember::isReady).orElse(true),
                    new ModelExchange(workers, texts, text, terms),
                    failure -> engines.tried.add(new FirstTry(workers, failure))));
        }
        engines.awaitSome();
    }

    private void awaitSome() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int told = 0; told < count; told++) {
            boolean some = told > refused.size();
            FirstTry next = some ? poll(end - System.nanoTime()) : take();
            if (next == null) {
                LOG.log(System.Logger.Level.WARNING, "{0} of {1} engines say nothing yet", count - told, count);
                break;
            }
            next.failure().ifPresent(failure -> onFailure(next, failure));
        }
        if (refused.size() == count) {
            throw failure();
        }
        refused.forEach(one -> LOG.log(
                System.Logger.Level.WARNING, "not offered until it can be joined, tried every 2 s: {0}", why(one)));
    }

    private void onFailure(FirstTry one, Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        refused.add(one);
    }

    /** Every question to an engine has a limit, so this comes to an end. */
    private FirstTry take() {
        try {
            return tried.take();
        } catch (InterruptedException stopped) {
            throw stopped(stopped);
        }
    }

    private @Nullable FirstTry poll(long nanos) {
        try {
            return tried.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException stopped) {
            throw stopped(stopped);
        }
    }

    private static JynamoException stopped(InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return new JynamoException(ErrorCode.NOT_READY, "stopped while engines were joined", stopped);
    }

    /** Of the only one what it was; of several what each was. */
    private RuntimeException failure() {
        Throwable first = refused.getFirst().failure().orElseThrow();
        if (count == 1 && first instanceof RuntimeException alone) {
            return alone;
        }
        List<ErrorCode> codes =
                refused.stream().map(ForeignEngines::code).distinct().toList();
        return new JynamoException(
                codes.size() == 1 ? codes.getFirst() : ErrorCode.WORKER_LOST,
                "none of the " + count + " engines can be joined: "
                        + refused.stream().map(ForeignEngines::why).sorted().collect(Collectors.joining("; ")),
                first);
    }

    private static ErrorCode code(FirstTry refused) {
        return refused.failure().orElseThrow() instanceof JynamoException known ? known.code() : ErrorCode.WORKER_LOST;
    }

    /** Most reasons say where. */
    private static String why(FirstTry refused) {
        String why = String.valueOf(refused.failure().orElseThrow().getMessage());
        return why.contains(refused.engine().url()) ? why : refused.engine() + ": " + why;
    }
}
