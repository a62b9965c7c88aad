package io.jynamo.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Sends requests and measures the answers, on the calling thread. In the open loop every latency counts from the moment
 * a request was due, so that a server that stalls cannot hide the requests it held up.
 */
public final class LoadGenerator {
    private final LoadOptions options;
    private final RequestBytes bytes;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final List<Connection> all = new ArrayList<>();
    private Tally tally = new Tally();
    private int running;
    private long sent;

    private LoadGenerator(LoadOptions options) {
        this.options = options;
        this.bytes = new RequestBytes(options);
    }

    /**
     * Runs the load and reports it.
     *
     * @throws IOException when the server cannot be reached at all
     */
    public static LoadReport run(LoadOptions options) throws IOException {
        return new LoadGenerator(options).run();
    }

    private LoadReport run() throws IOException {
        InetSocketAddress address = new InetSocketAddress(
                options.target().getHost(),
                options.target().getPort() < 0 ? 80 : options.target().getPort());
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < options.concurrency(); i++) {
                Connection connection = new Connection(address, selector, options);
                all.add(connection);
                idle.add(connection);
            }
            try {
                phase(selector, options.warmup(), false);
                tally = new Tally();
                Map<String, ProcessUsage> before = usages();
                ProcessUsage own = ProcessUsage.own();
                long start = System.nanoTime();
                phase(selector, options.requests(), true);
                Duration wall = Duration.ofNanos(System.nanoTime() - start);
                return LoadReport.of(
                        options,
                        tally,
                        wall,
                        ProcessUsage.since(before, usages()),
                        ProcessUsage.own().minus(own));
            } finally {
                all.forEach(Connection::close);
            }
        }
    }

    private Map<String, ProcessUsage> usages() {
        Map<String, ProcessUsage> usages = new TreeMap<>();
        options.processes().forEach((label, pid) -> usages.put(label, ProcessUsage.of(pid)));
        return usages;
    }

    /** Sends so many requests and awaits their ends. */
    private void phase(Selector selector, int count, boolean measured) throws IOException {
        long begin = System.nanoTime();
        long stop = begin + options.timeLimit().toNanos();
        boolean open = options.rate() > 0 && measured;
        SplittableRandom arrivals = new SplittableRandom(options.shape().seed() + 1);
        long due = begin;
        int started = 0;
        while (true) {
            long now = System.nanoTime();
            while (started < count && now < stop && !idle.isEmpty() && (!open || due <= now)) {
                start(open ? due : System.nanoTime(), measured);
                started++;
                if (open) {
                    due += (long) (-Math.log(1 - arrivals.nextDouble()) / options.rate() * 1e9);
                }
            }
            if (running == 0 && (started == count || now >= stop)) {
                return;
            }
            await(selector, open && started < count && !idle.isEmpty() ? due - now : Long.MAX_VALUE);
        }
    }

    private void start(long due, boolean measured) throws IOException {
        ByteBuffer request = bytes.request(sent++);
        Connection connection = idle.removeFirst();
        long now = System.nanoTime();
        // Making the request is the generator's work, not the server's.
        long from = options.rate() > 0 && measured ? due : now;
        if (measured) {
            tally.lag.recordValue(Tally.clamp(now - due));
        }
        connection.send(request, from, measured, options.timeout().toNanos());
        running++;
    }

    private void await(Selector selector, long nanos) throws IOException {
        long millis = options.readRate() > 0 ? 5 : 200;
        if (nanos < 1_000_000) {
            selector.selectNow();
        } else {
            selector.select(Math.min(millis, nanos / 1_000_000));
        }
        for (SelectionKey key : selector.selectedKeys()) {
            Connection connection = (Connection) key.attachment();
            ended(connection, connection.onReady(tally));
        }
        boolean idleRound = selector.selectedKeys().isEmpty();
        selector.selectedKeys().clear();
        if (idleRound || options.readRate() > 0) {
            long now = System.nanoTime();
            for (Connection connection : all) {
                ended(connection, connection.onTime(now));
            }
        }
    }

    private void ended(Connection connection, Connection.Event event) {
        if (event == Connection.Event.NOTHING) {
            return;
        }
        if (event == Connection.Event.FAILED && connection.isMeasured()) {
            tally.error(connection.failure());
        } else if (event == Connection.Event.FAILED) {
            tally.error("warm-up: " + connection.failure());
            if (tally.errors.values().stream().mapToInt(Integer::intValue).sum() > 100) {
                throw Arguments.wrong("the server fails every request: " + connection.failure());
            }
        }
        running--;
        idle.addLast(connection);
    }
}
