package io.jynamo.frontend;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** A process to be killed: a server whose worker says one token for each byte of the standard input. */
final class BatchCrashServer {
    private BatchCrashServer() {}

    /**
     * Serves until it is killed, or its input ends.
     *
     * @param args the folder of its files
     */
    public static void main(String[] args) throws IOException {
        Semaphore pace = new Semaphore(0);
        BatchFixture server = BatchFixture.of(
                Path.of(args[0]), new ScriptedWorker(request -> Script.text("x").paced(pace)));
        System.out.println(server.server.node.url());
        System.out.flush();
        while (System.in.read() >= 0) {
            pace.release();
        }
        server.close();
    }
}
