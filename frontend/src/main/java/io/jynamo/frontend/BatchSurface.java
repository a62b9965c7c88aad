package io.jynamo.frontend;

import io.jynamo.frontend.batch.BatchOptions;
import io.jynamo.frontend.batch.BatchesService;
import io.jynamo.frontend.batch.OwnRequests;
import io.jynamo.frontend.embed.EmbeddingService;
import io.jynamo.frontend.files.Desk;
import io.jynamo.frontend.files.FileStore;
import io.jynamo.frontend.files.FilesService;
import io.jynamo.frontend.generate.GenerationService;
import io.jynamo.frontend.generate.ResponsesService;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.BodySink;
import io.jynamo.frontend.http.Endpoint;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.HttpServer;
import io.jynamo.frontend.http.Routes;
import io.jynamo.frontend.http.UploadEndpoint;
import io.jynamo.frontend.keys.KeyRing;
import io.jynamo.frontend.metrics.BatchMeters;
import io.jynamo.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The paths of files and batches, and what runs behind them; where there is no folder for them, what says so. */
final class BatchSurface {
    /** There is a folder: both services are there. */
    private record Parts(FilesService files, BatchesService batches) {}

    private static final Off OFF = new Off();

    private final @Nullable Parts parts;
    private final BatchMeters meters;

    private BatchSurface(@Nullable Parts parts, BatchMeters meters) {
        this.parts = parts;
        this.meters = meters;
    }

    /**
     * Opens the folder, if there is one.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_CONFIGURATION
     */
    static BatchSurface open(BatchOptions options, BatchMeters meters, Lifecycle lifecycle) {
        Path folder = options.files().folder();
        if (folder == null) {
            return new BatchSurface(null, meters);
        }
        FileStore store = lifecycle.own(FileStore.open(folder, options.files(), options.clock()));
        Desk desk = lifecycle.own(new Desk());
        FilesService files = new FilesService(store, desk);
        return new BatchSurface(new Parts(files, new BatchesService(store, options.limits(), desk)), meters);
    }

    void addTo(Routes routes) {
        Parts on = parts;
        add(routes, HttpMethod.POST, FilesService.PATH, on == null ? OFF : on.files());
        add(routes, HttpMethod.GET, FilesService.PATH, on == null ? BatchSurface::off : on.files()::list);
        add(routes, HttpMethod.GET, FilesService.PATH + "/*", on == null ? BatchSurface::off : on.files()::read);
        add(routes, HttpMethod.DELETE, FilesService.PATH + "/*", on == null ? BatchSurface::off : on.files()::delete);
        add(routes, HttpMethod.POST, BatchesService.PATH, on == null ? BatchSurface::off : on.batches()::create);
        add(routes, HttpMethod.GET, BatchesService.PATH, on == null ? BatchSurface::off : on.batches()::list);
        add(routes, HttpMethod.GET, BatchesService.PATH + "/*", on == null ? BatchSurface::off : on.batches()::read);
        add(routes, HttpMethod.POST, BatchesService.PATH + "/*", on == null ? BatchSurface::off : on.batches()::cancel);
    }

    private static void add(Routes routes, HttpMethod method, String path, Endpoint endpoint) {
        boolean makes = method.equals(HttpMethod.POST) && !path.endsWith("*");
        routes.add(new Routes.Route(
                method, path, endpoint, false, makes ? Routes.Stopping.REFUSED : Routes.Stopping.ANSWERED));
    }

    /** Says what the server lacks, to uploads from their head. */
    private record Off() implements UploadEndpoint {
        @Override
        public void handle(Exchange exchange) {
            BatchSurface.off(exchange);
        }

        @Override
        public long limit() {
            return Long.MAX_VALUE;
        }

        @Override
        public BodySink open(Exchange exchange, Runnable readOn) {
            return new BodySink() {
                @Override
                public Wish take(byte[] part) {
                    return Wish.STOP;
                }

                @Override
                public Answer refusal() {
                    return offAnswer(exchange);
                }

                @Override
                public void abandon() {}
            };
        }
    }

    private static void off(Exchange exchange) {
        exchange.respond(offAnswer(exchange));
    }

    private static Answer offAnswer(Exchange exchange) {
        return exchange.errors()
                .answer(
                        ErrorCode.ROUTE_NOT_FOUND,
                        "Files and batches are off here: the server needs --files-dir, a folder to keep them in.");
    }

    /** Goes on with what was under way when the folder was last in use. */
    void start(
            HttpServer server,
            KeyRing keys,
            ModelRegistry models,
            GenerationService generation,
            ResponsesService responses,
            EmbeddingService embedding,
            BooleanSupplier draining,
            Lifecycle lifecycle) {
        Parts on = parts;
        if (on == null) {
            return;
        }
        Map<String, Endpoint> endpoints = Map.of(
                "/v1/chat/completions", generation::chat,
                "/v1/completions", generation::completion,
                "/v1/responses", responses::create,
                "/v1/embeddings", embedding::embeddings);
        on.batches().start(new OwnRequests(server, keys, models, endpoints), meters, draining);
        lifecycle.own(on.batches());
    }
}
