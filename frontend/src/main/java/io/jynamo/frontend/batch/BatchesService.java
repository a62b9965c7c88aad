package io.jynamo.frontend.batch;

import io.jynamo.frontend.files.Desk;
import io.jynamo.frontend.files.FileStore;
import io.jynamo.frontend.files.ListQuery;
import io.jynamo.frontend.files.StoredFile;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.keys.Owner;
import io.jynamo.frontend.metrics.BatchMeters;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Answers OpenAI's paths of batches. */
public final class BatchesService implements AutoCloseable {
    /** The path that batches are made at, and below which they are. */
    public static final String PATH = "/v1/batches";

    private static final String CANCEL = "/cancel";
    private static final int USUALLY_LISTED = 20;
    private static final int MOST_LISTED = 100;

    private final FileStore store;
    private final BatchShelf shelf;
    private final BatchLimits limits;
    private final Desk desk;
    private volatile @Nullable BatchRunner runner;

    public BatchesService(FileStore store, BatchLimits limits, Desk desk) {
        this.store = store;
        this.shelf = BatchShelf.open(store.beside("batches"));
        this.limits = limits;
        this.desk = desk;
    }

    /**
     * Goes on with what is under way.
     *
     * @param requests runs lines
     * @param draining whether no line may begin any more
     */
    public void start(OwnRequests requests, BatchMeters meters, BooleanSupplier draining) {
        BatchRunner started = BatchRunner.start(store, shelf, limits, meters, requests, draining);
        runner = started;
        meters.show(this::counts, started::linesUnderWay, store::count, store::size);
    }

    private Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        shelf.counts().forEach((status, count) -> counts.put(status.id(), count));
        return counts;
    }

    /** {@code POST /v1/batches}. */
    public void create(Exchange exchange) {
        desk.answer(exchange, () -> {
            RequestBody body = exchange.body();
            byte[] bytes = body.bytes();
            Owner owner = owner(exchange);
            CreateBatch wanted = CreateBatch.parse(bytes, Math.min(bytes.length, body.count()));
            BatchRunner running = require();
            Batch batch = create(wanted, owner);
            running.onNew();
            return answer(batch);
        });
    }

    /** One at a time, so that the limits hold. */
    private synchronized Batch create(CreateBatch wanted, Owner owner) {
        List<Batch> own = shelf.list(owner);
        if (own.size() >= limits.keptBatches()) {
            throw new JynamoException(
                    ErrorCode.DISK_FULL,
                    "You have as many batches as are kept (" + limits.keptBatches() + "); the oldest leave "
                            + limits.kept().toDays() + " days after their end.");
        }
        if (own.stream().filter(batch -> !batch.status().isOver()).count() >= limits.ownerBatches()) {
            throw new JynamoException(
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    "You have as many batches under way as you may (" + limits.ownerBatches()
                            + "); wait for one to end, or cancel one.");
        }
        StoredFile input = pin(owner, wanted.inputFile());
        try {
            Batch batch = batch(wanted, input, owner);
            shelf.put(batch);
            return batch;
        } catch (RuntimeException failed) {
            store.unpin(input.id());
            throw failed;
        }
    }

    private StoredFile pin(Owner owner, String id) {
        StoredFile input;
        try {
            input = store.pin(owner, id);
        } catch (JynamoException none) {
            throw new Refusal(none.code(), String.valueOf(none.getMessage()), "input_file_id");
        }
        if (!input.purpose().equals("batch")) {
            store.unpin(id);
            throw Refusal.invalid(
                    "input_file_id",
                    "The file `" + id + "` has the purpose `" + input.purpose() + "`; a batch reads one of `batch`.");
        }
        return input;
    }

    private Batch batch(CreateBatch wanted, StoredFile input, Owner owner) {
        long now = store.nowSeconds();
        Long seconds = wanted.outputSeconds();
        return new Batch(
                store.newId("batch_"),
                owner,
                wanted.endpoint(),
                input.id(),
                wanted.metadata(),
                seconds == null ? store.limits().window().toSeconds() : seconds,
                BatchStatus.VALIDATING,
                Map.of(
                        BatchStatus.VALIDATING.time(),
                        now,
                        Batch.EXPIRES,
                        now + limits.window().toSeconds()),
                Batch.Counts.NONE,
                List.of(),
                null,
                null,
                null);
    }

    /** {@code GET /v1/batches}. */
    public void list(Exchange exchange) {
        desk.answer(exchange, () -> {
            require();
            ListQuery query = ListQuery.read(exchange.head(), USUALLY_LISTED, MOST_LISTED);
            return Answer.json(200, query.page(shelf.list(owner(exchange)), Batch::id, BatchRecord::write));
        });
    }

    /** {@code GET /v1/batches/ID}. */
    public void read(Exchange exchange) {
        desk.answer(exchange, () -> {
            require();
            return answer(shelf.require(owner(exchange), named(exchange)));
        });
    }

    /** {@code POST /v1/batches/ID/cancel}. */
    public void cancel(Exchange exchange) {
        String path = named(exchange);
        if (!path.endsWith(CANCEL)) {
            exchange.respond(exchange.errors()
                    .answer(
                            ErrorCode.ROUTE_NOT_FOUND,
                            "Route not found: POST " + exchange.head().path()));
            return;
        }
        desk.answer(exchange, () -> {
            Batch batch = shelf.require(owner(exchange), path.substring(0, path.length() - CANCEL.length()));
            if (batch.status().isOver()) {
                throw new JynamoException(
                        ErrorCode.CONFLICT,
                        "The batch `" + batch.id() + "` is " + batch.status().id() + ": there is nothing to cancel.");
            }
            CountDownLatch done = new CountDownLatch(1);
            require().cancel(batch.id(), done::countDown);
            try {
                done.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new JynamoException(ErrorCode.NOT_READY, "The server is stopping.", stopped);
            }
            return answer(shelf.require(batch.owner(), batch.id()));
        });
    }

    private BatchRunner require() {
        BatchRunner running = runner;
        if (running == null) {
            throw new JynamoException(ErrorCode.NOT_READY, "The server is starting; try again shortly.");
        }
        return running;
    }

    private static Answer answer(Batch batch) {
        JsonWriter out = new JsonWriter(1_024);
        BatchRecord.write(batch, out);
        return Answer.json(200, out.toArray());
    }

    private static String named(Exchange exchange) {
        return exchange.head().path().substring(PATH.length() + 1);
    }

    private static Owner owner(Exchange exchange) {
        return Owner.of(exchange.visit().terms(), exchange.head().header("x-tenant-id"));
    }

    @Override
    public void close() {
        BatchRunner running = runner;
        if (running != null) {
            running.close();
        }
    }
}
