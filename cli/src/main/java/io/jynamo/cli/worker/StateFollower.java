package io.jynamo.cli.worker;

import io.jynamo.engine.Engine;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.session.HostedWorker;
import java.time.Duration;

/** Says of a worker what its engine's state is: a server of somebody else's may fall over and come back. */
final class StateFollower implements AutoCloseable {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final Engine engine;
    private final HostedWorker worker;
    private final Thread thread;

    StateFollower(Engine engine, HostedWorker worker) {
        this.engine = engine;
        this.worker = worker;
        this.thread = Thread.ofVirtual().name("engine-state").start(this::run);
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                Thread.sleep(BETWEEN_LOOKS);
                WorkerState said = worker.description().state();
                WorkerState is = engine.state() == WorkerState.READY ? WorkerState.READY : WorkerState.UNREACHABLE;
                boolean ours = said == WorkerState.READY || said == WorkerState.UNREACHABLE;
                if (ours && said != is) {
                    worker.become(is);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
