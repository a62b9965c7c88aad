package io.jynamo.frontend.files;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The threads that read and write files for requests: a virtual one each, as many as there are requests. */
public final class Desk implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Desk.class.getName());

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("jynamo-files-", 0).factory());

    /** Makes a request's whole answer; whatever goes wrong is answered too. */
    public void answer(Exchange exchange, Supplier<Answer> work) {
        start(exchange, () -> exchange.respond(made(exchange, work)));
    }

    /** Does something for a request, which sees to its answer. */
    void start(Exchange exchange, Runnable work) {
        try {
            threads.execute(work);
        } catch (RejectedExecutionException closed) {
            exchange.respond(exchange.errors().answer(ErrorCode.NOT_READY, "The server is stopping."));
        }
    }

    private static Answer made(Exchange exchange, Supplier<Answer> work) {
        try {
            return work.get();
        } catch (UncheckedIOException disk) {
            LOG.log(System.Logger.Level.WARNING, "a file could not be read or written", disk);
            exchange.visit().onFailure(ErrorCode.DISK_FULL);
            return exchange.errors()
                    .answer(ErrorCode.DISK_FULL, "The server cannot write files down; its log has the reason.");
        } catch (RuntimeException | Error failed) {
            if (ErrorBody.code(failed) == ErrorCode.INTERNAL) {
                LOG.log(System.Logger.Level.ERROR, "a request failed", failed);
            }
            exchange.visit().onFailure(ErrorBody.code(failed));
            return exchange.errors().answer(failed);
        }
    }

    /** Interrupts whoever is still there and sees them off. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
