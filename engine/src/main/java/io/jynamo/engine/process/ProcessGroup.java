package io.jynamo.engine.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process and everything it began, ended together. A session of its own holds them together, begun with {@code setsid}
 * or, where that is not (macOS), with Perl. Where there is neither, only those are found that are still children of
 * children: one that outlives its parent escapes.
 */
public final class ProcessGroup {
    private static final List<String> SETSID = List.of("setsid");
    private static final List<String> PERL =
            List.of("perl", "-e", "use POSIX; POSIX::setsid(); exec {$ARGV[0]} @ARGV or exit 127");
    /** What a command line begins with to run in a session of its own; empty where nothing can do that. */
    public static final List<String> OWN_SESSION = isProgram("setsid") ? SETSID : isProgram("perl") ? PERL : List.of();

    private static final Duration AFTER_KILL = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 20;

    private final long leader;
    private final boolean ownSession;

    /** @param ownSession whether the leader leads a session */
    ProcessGroup(long leader, boolean ownSession) {
        this.leader = leader;
        this.ownSession = ownSession;
    }

    static ProcessGroup of(long leader) {
        return new ProcessGroup(leader, !OWN_SESSION.isEmpty());
    }

    /** The target by which {@code kill} means all of it. */
    String target() {
        return ownSession ? "-" + leader : String.valueOf(leader);
    }

    /** Asks it to end, and ends it where it has not after the grace. Whether nothing is left. */
    boolean end(Duration grace) throws InterruptedException {
        List<Long> known = members();
        if (known.isEmpty()) {
            return true;
        }
        signal("TERM", known);
        if (waitForEnd(grace, known)) {
            return true;
        }
        List<Long> left = left(known);
        signal("KILL", left);
        return waitForEnd(AFTER_KILL, left);
    }

    /** Who is in it and alive. */
    List<Long> members() {
        if (ownSession && ProcessTable.HAS_PROC) {
            return ProcessTable.all().stream()
                    .filter(entry -> entry.session() == leader || entry.group() == leader)
                    .map(ProcessTable.Entry::pid)
                    .toList();
        }
        return ProcessHandle.of(leader).stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .toList();
    }

    private boolean waitForEnd(Duration most, List<Long> known) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (!left(known).isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return true;
    }

    /** Who is in it now; without a session also those that were and whose parent has ended. */
    private List<Long> left(List<Long> known) {
        List<Long> left = new ArrayList<>(members());
        if (!(ownSession && ProcessTable.HAS_PROC)) {
            known.stream()
                    .filter(pid -> !left.contains(pid)
                            && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                    .forEach(left::add);
        }
        return left;
    }

    /** The group by one signal, so that none begins another in between, and those who left it by theirs. */
    private void signal(String name, List<Long> pids) {
        List<String> targets = new ArrayList<>();
        if (ownSession) {
            targets.add(target());
        }
        for (long pid : pids) {
            if (!ownSession
                    || ProcessTable.group(pid).filter(group -> group != leader).isPresent()) {
                targets.add(String.valueOf(pid));
            }
        }
        if (targets.isEmpty()) {
            return;
        }
        List<String> line =
                new ArrayList<>(List.of("sh", "-c", "kill -s \"$@\" 2>/dev/null; exit 0", "sh", name, "--"));
        line.addAll(targets);
        try {
            Process kill = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            kill.waitFor(5, TimeUnit.SECONDS);
        } catch (IOException e) {
            // No shell: those that can be reached are.
            pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isProgram(String name) {
        String path = System.getenv("PATH");
        return path != null
                && Stream.of(path.split(File.pathSeparator))
                        .filter(folder -> !folder.isEmpty())
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }
}
