package io.jynamo.cli;

import io.jynamo.cli.log.Logs;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;

/** A node that runs until the process is told to stop. */
public final class NodeRun {
    private NodeRun() {}

    /**
     * Prints that it is ready and returns when this thread is interrupted; a stop signal ends the process from the
     * shutdown hook, after the node has closed.
     *
     * @param node stops taking work and lets what runs end when it is closed
     * @param ready what is printed alone on a line on standard output
     */
    public static void untilStopped(AutoCloseable node, String ready, PrintWriter out) throws Exception {
        var log = System.getLogger(NodeRun.class.getName()); // made here: after the logs are installed
        var stop = new Thread(
                () -> {
                    log.log(System.Logger.Level.INFO, "stopping: running streams may finish, new requests are refused");
                    try {
                        node.close();
                    } catch (Exception failed) {
                        log.log(System.Logger.Level.ERROR, "it did not stop cleanly", failed);
                    }
                    Logs.flush();
                    Runtime.getRuntime().halt(ExitCode.OK.number());
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        out.println(ready);
        out.flush();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Runtime.getRuntime().removeShutdownHook(stop);
            node.close();
            throw e;
        }
    }
}
