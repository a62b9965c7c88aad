package io.jynamo.cli.worker;

import io.jynamo.frontend.admin.AdminAnswer;
import io.jynamo.frontend.admin.AdminSubject;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.session.HostedWorker;
import io.jynamo.runtime.session.WorkerServer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the admin port of a process with workers shows; the shape of its health is that of Dynamo's system port. */
final class WorkerAdmin implements AdminSubject {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final WorkerServer server;
    private final Supplier<List<HostedWorker>> hosted;
    private final WorkerMetrics metrics;
    private final Runnable drain;
    private final long bornNanos = System.nanoTime();

    /**
     * @param hosted the workers of the moment
     * @param drain takes the workers from those who could ask them
     */
    WorkerAdmin(WorkerServer server, Supplier<List<HostedWorker>> hosted, String namespace, Runnable drain) {
        this.server = server;
        this.hosted = hosted;
        this.metrics = new WorkerMetrics(namespace);
        this.drain = drain;
    }

    @Override
    public Answer health() {
        List<HostedWorker> now = hosted.get();
        // One that serves by some of its engines is not to be started again for the others.
        boolean ready = now.stream().anyMatch(worker -> worker.description().state() == WorkerState.READY);
        Duration uptime = uptime();
        ObjectNode body = JSON.createObjectNode();
        body.put("status", word(ready));
        body.putObject("uptime").put("secs", uptime.toSeconds()).put("nanos", uptime.toNanosPart());
        body.putObject("endpoints").put("generate", word(ready));
        var workers = body.putArray("workers");
        for (HostedWorker worker : now) {
            workers.addObject()
                    .put("worker_id", worker.id().toString())
                    .put("engine", worker.description().engine())
                    .put("state", WorkerMetrics.word(worker.description().state()))
                    .put("progress", worker.description().progress());
        }
        return Answer.json(ready ? 200 : 503, JSON.writeValueAsBytes(body));
    }

    private static String word(boolean ready) {
        return ready ? "ready" : "notready";
    }

    private Duration uptime() {
        return Duration.ofNanos(System.nanoTime() - bornNanos);
    }

    @Override
    public Answer metrics() {
        return new Answer(200, WorkerMetrics.CONTENT_TYPE, List.of(), metrics.page(uptime(), hosted.get(), server));
    }

    @Override
    public Answer drain() {
        boolean loading =
                hosted.get().stream().allMatch(worker -> worker.description().state() == WorkerState.LOADING);
        if (loading) {
            return ErrorBody.answer(
                    ErrorCode.NOT_READY, "It is still loading and has nothing to drain; stop the process.", null);
        }
        drain.run();
        return AdminAnswer.draining(server.streams());
    }
}
