package io.jynamo.runtime.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A listener that writes down what it is told, and the present state that follows from it. */
final class Told implements WatchListener {
    private static final long DEADLINE_SECONDS = 40;

    private final List<String> log = new ArrayList<>();
    private final Map<String, String> present = new TreeMap<>();
    private final List<StoreState> states = new ArrayList<>();

    static Entry entry(String key, String value) {
        return new Entry(key, value.getBytes(UTF_8));
    }

    @Override
    public synchronized void onPut(Entry entry) {
        String value = new String(entry.value(), UTF_8);
        log.add("+" + entry.key() + "=" + value);
        present.put(entry.key(), value);
        notifyAll();
    }

    @Override
    public synchronized void onGone(String key) {
        log.add("-" + key);
        present.remove(key);
        notifyAll();
    }

    @Override
    public synchronized void onStore(StoreState state) {
        states.add(state);
        log.add(state instanceof StoreState.Reachable ? "reachable" : "unreachable");
        notifyAll();
    }

    synchronized List<String> log() {
        return List.copyOf(log);
    }

    synchronized Map<String, String> present() {
        return Map.copyOf(present);
    }

    synchronized List<StoreState> states() {
        return List.copyOf(states);
    }

    boolean isUnreachable() {
        return !states().isEmpty() && states().getLast() instanceof StoreState.Unreachable;
    }

    boolean isReachable() {
        return !states().isEmpty() && states().getLast() instanceof StoreState.Reachable;
    }

    Told awaitPresent(Map<String, String> expected) {
        return await("present " + expected, told -> told.present.equals(expected));
    }

    Told awaitLog(String line) {
        return await(line, told -> told.log.contains(line));
    }

    synchronized Told await(String what, Predicate<Told> condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.test(this)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                List<String> last = log.subList(Math.max(0, log.size() - 50), log.size());
                throw new AssertionError("not within " + DEADLINE_SECONDS + " s: " + what + "; told " + last);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }
        return this;
    }
}
