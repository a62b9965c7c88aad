package io.jynamo.bench.fleet;

import io.jynamo.bench.fleet.Processes.Running;
import io.jynamo.bench.load.ProcessUsage;
import io.jynamo.bench.process.Child;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What a frontend keeps of workers that are gone: its memory, collected first, after each thousand that joined, served a
 * request and left. Of four processes of workers three say that they leave and one is killed.
 */
final class Joins {
    private static final int AT_ONCE = 250;
    private static final int BETWEEN_FIGURES = 1_000;
    private static final int KILLED_OF = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** In {@code jcmd GC.heap_info}: what a space holds. */
    private static final Pattern USED =
            Pattern.compile("(?:PSYoungGen|ParOldGen|garbage-first heap|DefNew|Tenured)" + "[^\\n]*?used (\\d+)K");

    private final PrintStream out;
    private final Processes processes;
    private final Running frontend;

    Joins(PrintStream out, Processes processes, Running frontend) {
        this.out = out;
        this.processes = processes;
        this.frontend = frontend;
    }

    void run(int joins) {
        out.println(
                "| workers that joined and left | frontend's heap after collection, MiB | its RSS, MiB | threads |");
        out.println("|---|---|---|---|");
        for (int joined = 0; joined < joins; joined += AT_ONCE) {
            if (joined % BETWEEN_FIGURES == 0) {
                print(joined);
            }
            joinAndLeave(joined / AT_ONCE % KILLED_OF == KILLED_OF - 1);
        }
        print(joins);
    }

    private void joinAndLeave(boolean killed) {
        try (Running workers = processes.workers(AT_ONCE)) {
            awaitWorkers(ready -> ready >= AT_ONCE);
            Pages.post(frontend.url().resolve("/v1/completions"), """
                    {"model":"%s","prompt":"hello","max_tokens":4}""".formatted(Processes.MODEL));
            if (killed) {
                ProcessHandle.of(workers.pid()).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
        awaitWorkers(ready -> ready == 0);
    }

    private void awaitWorkers(IntPredicate enough) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!enough.test(workers())) {
            if (System.nanoTime() > end) {
                throw Child.failed("the frontend knows " + workers() + " workers after " + PATIENCE + ":\n"
                        + frontend.child().tail());
            }
            frontend.child().pause();
        }
    }

    /** Those that are ready; the gone are shown for a minute. */
    private int workers() {
        int ready = 0;
        for (JsonNode worker : Pages.json(frontend.url().resolve("/v1/fleet")).path("workers")) {
            ready += worker.path("state").asString().equals("ready") ? 1 : 0;
        }
        return ready;
    }

    private void print(int joined) {
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        long kib = 0;
        while (used.find()) {
            kib += Long.parseLong(used.group(1));
        }
        out.printf(
                Locale.ROOT,
                "| %,d | %.1f | %.0f | %d |%n",
                joined,
                kib / 1024.0,
                ProcessUsage.of(frontend.pid()).rssMib(),
                threads());
    }

    private long threads() {
        String[] tasks =
                Path.of("/proc", Long.toString(frontend.pid()), "task").toFile().list();
        return tasks == null ? 0 : tasks.length;
    }

    private String jcmd(String command) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(frontend.pid()), command)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw Child.failed("jcmd " + command + " failed: " + said);
            }
            return said;
        } catch (IOException e) {
            throw Child.failed("the heap is read with a JDK's jcmd: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Child.failed("interrupted");
        }
    }
}
