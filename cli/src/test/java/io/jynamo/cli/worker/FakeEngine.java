package io.jynamo.cli.worker;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The program of a fake engine: takes the flags that vLLM, SGLang or trtllm-serve take. On several nodes the leader waits
 * for the others where {@code --master-addr} or {@code --dist-init-addr} says, once; when one of them is gone it answers
 * nothing any more, in perfect health, as real ones do. A follower that lost its leader waits for ever.
 */
final class FakeEngine {
    private final EngineFlags flags;

    private FakeEngine(List<String> arguments) {
        flags = new EngineFlags(arguments);
    }

    /**
     * Runs until it is ended.
     *
     * @param arguments the engine's command line without its program, after a folder to leave notes in
     */
    public static void main(String[] arguments) throws IOException {
        List<String> all = List.of(arguments);
        Path notes = Path.of(all.getFirst());
        List<String> line = all.subList(1, all.size());
        long pid = ProcessHandle.current().pid();
        Files.writeString(
                notes.resolve(pid + ".engine"),
                String.join("\n", line) + "\nLMCACHE_MAX_LOCAL_CPU_SIZE="
                        + System.getenv().getOrDefault("LMCACHE_MAX_LOCAL_CPU_SIZE", "") + "\n");
        new FakeEngine(line).run(line);
    }

    private void run(List<String> line) throws IOException {
        int nodes = number("1", "--nnodes");
        int rank = number("0", "--node-rank");
        boolean group = nodes > 1;
        if (group && rank > 0) {
            follow();
            return;
        }
        AtomicInteger members = new AtomicInteger(1);
        boolean whole = !group || meet(nodes, members);
        FakeServer.Kind kind = line.contains("--model-path")
                ? FakeServer.Kind.SGLANG
                : line.getFirst().equals("serve") ? FakeServer.Kind.VLLM : FakeServer.Kind.TRTLLM;
        String model = flags.value("--model-path").orElse(kind == FakeServer.Kind.VLLM ? line.get(1) : line.getFirst());
        FakeServer server = new FakeServer(
                kind,
                number("0", "--port"),
                number("1", "--data-parallel-size", "-dp", "--dp-size", "--dp"),
                new FakeServer.Model(
                        flags.value("--served-model-name")
                                .orElse(Path.of(model).getFileName().toString()),
                        model,
                        number("4096", "--max-model-len", "--context-length")));
        server.worksWhile(() -> whole && members.get() == nodes);
        System.out.println("INFO:     Application startup complete.");
        hold();
    }

    /** Waits for all others; each that breaks off later is missed. */
    private boolean meet(int nodes, AtomicInteger members) throws IOException {
        try (ServerSocket leader = new ServerSocket(port(), 16, InetAddress.getLoopbackAddress())) {
            for (int i = 1; i < nodes; i++) {
                Socket member = leader.accept();
                members.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> {
                    try (member;
                            InputStream in = member.getInputStream()) {
                        while (in.read() >= 0) {
                            // Nothing is said.
                        }
                    } catch (IOException gone) {
                        // As good as an end.
                    }
                    members.decrementAndGet();
                });
            }
        }
        return true;
    }

    private void follow() {
        while (true) {
            try (Socket leader = new Socket(InetAddress.getLoopbackAddress(), port());
                    InputStream in = leader.getInputStream()) {
                System.out.println("met the leader");
                if (in.read() < 0) {
                    hold();
                }
            } catch (IOException notYet) {
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    private int port() {
        return flags.value("--master-port").map(Integer::parseInt).orElseGet(() -> {
            String address = flags.value("--dist-init-addr").orElseThrow();
            return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        });
    }

    private int number(String fallback, String... names) {
        return Integer.parseInt(flags.value(names).orElse(fallback));
    }

    private static void hold() {
        while (true) {
            LockSupport.park();
        }
    }
}
