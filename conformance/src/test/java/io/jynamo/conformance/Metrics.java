package io.jynamo.conformance;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoublePredicate;

/** What a server's metrics page says. */
final class Metrics {
    private static final long LIMIT = Duration.ofSeconds(20).toNanos();
    private static final long PAUSE = Duration.ofMillis(20).toNanos();

    private Metrics() {}

    /** The sum over all series of a name; 0 where there is none. */
    static double sum(Server server, String name) {
        return sum(server.at("/metrics"), name);
    }

    /** The same of a page by its address. */
    static double sum(URI metrics, String name) {
        return sum(metrics, name, "");
    }

    /** The sum over those series of a name that have a label, such as {@code type="chat"}; empty for all. */
    static double sum(URI metrics, String name, String label) {
        Http.Reply page = Http.get(metrics);
        if (page.status() != 200) {
            throw new AssertionError("/metrics answered " + page.status());
        }
        double sum = 0;
        for (String line : page.text().split("\n", -1)) {
            if ((line.startsWith(name + "{") || line.startsWith(name + " ")) && line.contains(label)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return sum;
    }

    /** Asks until the sum is as wanted; another process cannot be waited for in any other way. */
    static void await(Server server, String name, DoublePredicate wanted) {
        await(server.at("/metrics"), name, wanted);
    }

    /** The same of a page by its address. */
    static void await(URI metrics, String name, DoublePredicate wanted) {
        long deadline = System.nanoTime() + LIMIT;
        double seen = sum(metrics, name);
        while (!wanted.test(seen)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(
                        name + " stayed at " + seen + "\n" + Http.get(metrics).text());
            }
            LockSupport.parkNanos(PAUSE);
            seen = sum(metrics, name);
        }
    }
}
