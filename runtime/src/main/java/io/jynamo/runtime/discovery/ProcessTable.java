package io.jynamo.runtime.discovery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The processes of this host, as Linux tells of them: who we are, and which lease owners are surely dead. Start times are
 * the kernel's own ticks since the boot. {@link ProcessHandle} makes a date of them by a clock that is set now and then,
 * so that two processes may not agree on it, and takes a killed process that nobody has waited for as living.
 */
final class ProcessTable {
    private static final Path PROC = Path.of("/proc");

    /** A process's state and when it started. */
    private record Stat(char state, long start) {}

    private final Path proc;
    private final String host;
    private final boolean judges;

    private ProcessTable(Path proc, String host, boolean judges) {
        this.proc = proc;
        this.host = host;
        this.judges = judges;
    }

    /** Where the system does not tell of its boot and its processes, nobody is said to be dead: leases decide alone. */
    static ProcessTable ofThisHost() {
        return of(PROC);
    }

    static ProcessTable of(Path proc) {
        String name = text(proc.resolve("sys/kernel/hostname")).orElse("host");
        Optional<String> boot = text(proc.resolve("sys/kernel/random/boot_id"));
        // Containers share the boot, but count their processes each for itself; so do time namespaces with ticks.
        Optional<String> counted = link(proc.resolve("self/ns/pid"));
        String ticked = link(proc.resolve("self/ns/time")).orElse("");
        boolean judges = boot.isPresent() && counted.isPresent() && Files.exists(proc.resolve("self/stat"));
        return new ProcessTable(
                proc, word(name + ":" + boot.orElse("") + ":" + counted.orElse("") + ":" + ticked), judges);
    }

    /** A table that calls itself another host's: what it says of owners here says nothing. */
    ProcessTable elsewhere(String otherHost) {
        return new ProcessTable(proc, otherHost, judges);
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file, ISO_8859_1).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> link(Path file) {
        try {
            return Optional.of(Files.readSymbolicLink(file).toString().replaceAll("[^0-9]", ""));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String word(String text) {
        String clean = text.replaceAll("[^A-Za-z0-9._:-]", "-");
        return clean.substring(0, Math.min(clean.length(), LeaseOwner.MAX_WORD));
    }

    /** This process, under a handle of its own. */
    LeaseOwner self() {
        byte[] handle = new byte[8];
        new SecureRandom().nextBytes(handle);
        long start = stat("self").map(Stat::start).orElse(0L);
        return new LeaseOwner(
                host, ProcessHandle.current().pid(), start, HexFormat.of().formatHex(handle));
    }

    boolean isHere(LeaseOwner owner) {
        return judges && owner.host().equals(host);
    }

    /** Whether an owner is of this host and certainly runs no more. */
    boolean isDead(LeaseOwner owner) {
        if (!isHere(owner)) {
            return false;
        }
        try {
            Optional<Stat> stat = parse(Files.readString(proc.resolve(owner.pid() + "/stat"), ISO_8859_1));
            return stat.isPresent()
                    && (stat.get().start != owner.start()
                            || stat.get().state == 'Z'
                            || stat.get().state == 'X'
                            || stat.get().state == 'x');
        } catch (NoSuchFileException e) {
            // Where the system hides other users' processes, it hides the first one too.
            return Files.exists(proc.resolve("1/stat"));
        } catch (IOException e) {
            return false;
        }
    }

    private Optional<Stat> stat(String process) {
        return text(proc.resolve(process + "/stat")).flatMap(ProcessTable::parse);
    }

    /** The name in parentheses may have anything in it; after it the state is the third field, the start the 22nd. */
    private static Optional<Stat> parse(String line) {
        String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ", -1);
        try {
            return fields.length < 20 || fields[0].length() != 1
                    ? Optional.empty()
                    : Optional.of(new Stat(fields[0].charAt(0), Long.parseLong(fields[19])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
