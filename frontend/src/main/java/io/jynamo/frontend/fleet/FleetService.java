package io.jynamo.frontend.fleet;

import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.RouterStatus.WorkerStatus;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Answers {@code /v1/fleet} and what is below it. */
public final class FleetService implements AutoCloseable {
    /** Where the fleet is shown. */
    public static final String PATH = "/v1/fleet";

    private static final System.Logger LOG = System.getLogger(FleetService.class.getName());
    private static final String WORKERS = PATH + "/workers/";
    private static final int MOST_ACTS = 16;

    private final FleetBoard board;
    private final FleetControl control;
    private final FleetBroadcast broadcast;
    private final Executor compute;
    /** For controls, which may wait for another process. */
    private final ExecutorService acting = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("fleet-control-", 0).factory());

    private final Semaphore acts = new Semaphore(MOST_ACTS);

    private FleetService(FleetBoard board, FleetControl control, Executor compute) {
        this.board = board;
        this.control = control;
        this.compute = compute;
        this.broadcast = new FleetBroadcast(board);
    }

    /**
     * What the service shows and does.
     *
     * @param statuses of the workers behind the models, see {@link ModelRegistry}
     * @param streams in flight
     */
    public record Parts(
            FleetRoster roster,
            FleetControl control,
            Supplier<List<WorkerStatus>> statuses,
            Supplier<List<StreamSight>> streams,
            MoveLedger moves,
            FrontendMetrics metrics) {}

    /** Begins to look; {@code compute} is where snapshots are made. */
    public static FleetService start(Parts parts, Executor compute) {
        var sources = new FleetBoard.Sources(
                parts.roster(), parts.statuses(), parts.streams(), parts.moves(), parts.metrics());
        return new FleetService(new FleetBoard(sources, parts.control()), parts.control(), compute);
    }

    /** Answers under way to watchers, which end when this is closed and not before. */
    public int watchers() {
        return broadcast.watchers();
    }

    /** {@code GET /v1/fleet}. */
    public void snapshot(Exchange exchange) {
        compute(exchange, () -> exchange.respond(Answer.json(200, FleetJson.whole(board.look()))));
    }

    /** {@code GET /v1/fleet/events}. */
    public void events(Exchange exchange) {
        if (exchange.head().method().equals(io.netty.handler.codec.http.HttpMethod.HEAD)) {
            exchange.respond(new Answer(200, "text/event-stream; charset=utf-8", List.of(), new byte[0]));
            return;
        }
        compute(exchange, () -> {
            if (!broadcast.tryWatch(exchange)) {
                exchange.respond(ErrorBody.answer(
                        ErrorCode.OVERLOADED,
                        "As many watch the fleet as may (" + FleetBroadcast.MOST_WATCHERS + "); try again shortly, or"
                                + " ask for " + PATH + ".",
                        null));
            }
        });
    }

    /** {@code POST /v1/fleet/workers/ID/kill} and {@code /drain}. */
    public void act(Exchange exchange) {
        String rest = exchange.head().path().substring(WORKERS.length());
        int slash = rest.indexOf('/');
        String what = slash < 0 ? "" : rest.substring(slash + 1);
        if (!what.equals("kill") && !what.equals("drain")) {
            exchange.respond(ErrorBody.answer(
                    ErrorCode.ROUTE_NOT_FOUND,
                    "Route not found: POST " + exchange.head().path() + "; there are " + WORKERS + "ID/kill and "
                            + WORKERS + "ID/drain.",
                    null));
            return;
        }
        if (!acts.tryAcquire()) {
            exchange.respond(ErrorBody.answer(
                    ErrorCode.OVERLOADED, "Other workers are being killed or drained; try again shortly.", null));
            return;
        }
        try {
            acting.execute(() -> {
                try {
                    exchange.respond(act(rest.substring(0, slash), what));
                } finally {
                    acts.release();
                }
            });
        } catch (RejectedExecutionException closing) {
            acts.release();
            exchange.respond(ErrorBody.answer(ErrorCode.NOT_READY, "The server is stopping.", null));
        }
    }

    private Answer act(String id, String what) {
        try {
            WorkerId worker = require(id, what);
            board.onControl(worker, what);
            if (what.equals("kill")) {
                control.kill(worker);
            } else {
                control.drain(worker);
            }
            JsonWriter out = new JsonWriter(128);
            out.beginObject()
                    .name("worker")
                    .value(worker.toString())
                    .name("action")
                    .value(what);
            return Answer.json(202, out.endObject().toArray());
        } catch (JynamoException refused) {
            return ErrorBody.answer(refused);
        } catch (RuntimeException defect) {
            LOG.log(System.Logger.Level.ERROR, "worker " + id + " could not be told to " + what, defect);
            return ErrorBody.answer(defect);
        }
    }

    private WorkerId require(String id, String what) {
        WorkerId worker;
        try {
            worker = new WorkerId(Long.parseUnsignedLong(id, 16));
        } catch (NumberFormatException broken) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "`" + id + "` is no worker's id; ids are hexadecimal, as GET " + PATH + " shows them.",
                    broken);
        }
        if (!board.knows(worker)) {
            throw new JynamoException(
                    ErrorCode.WORKER_NOT_FOUND, "There is no worker " + worker + "; GET " + PATH + " lists them.");
        }
        if (!control.offered(worker)) {
            throw new JynamoException(
                    ErrorCode.FORBIDDEN,
                    "This server has no hand on the process of worker " + worker + ", so it cannot " + what
                            + " it; workers of a local graph (jynamo up) can be.");
        }
        return worker;
    }

    private void compute(Exchange exchange, Runnable work) {
        try {
            compute.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException | Error defect) {
                    LOG.log(System.Logger.Level.ERROR, "the fleet could not be shown", defect);
                    exchange.respond(ErrorBody.answer(defect));
                }
            });
        } catch (RejectedExecutionException full) {
            exchange.respond(
                    ErrorBody.answer(ErrorCode.OVERLOADED, "The server is too busy; try again shortly.", null));
        }
    }

    @Override
    public void close() {
        broadcast.close();
        acting.shutdownNow();
        try {
            if (!acting.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "a worker is still being killed or drained while the server stops");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
