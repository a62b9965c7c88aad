package io.jynamo.cli.doctor;

import io.jynamo.protocol.JynamoException;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.discovery.DiscoverySpec;
import io.jynamo.runtime.discovery.Entry;
import io.jynamo.runtime.discovery.StoreState;
import io.jynamo.runtime.discovery.WatchListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Whether what is announced in a store is seen there and goes again, tried with an entry of our own. */
final class StoreChecks {
    static final Duration PATIENCE = Duration.ofSeconds(12);
    private static final Duration SKEW = Duration.ofSeconds(2);
    private static final String CHECK = "discovery store";
    private static final String WHY = "workers are announced there, and frontends find them there";

    private StoreChecks() {}

    /** Hears of one entry. */
    private static final class Echo implements WatchListener {
        private final String key;
        private final CountDownLatch put = new CountDownLatch(1);
        private final CountDownLatch gone = new CountDownLatch(1);
        private volatile String outage = "";

        Echo(String key) {
            this.key = key;
        }

        @Override
        public void onPut(Entry entry) {
            if (entry.key().equals(key)) {
                put.countDown();
            }
        }

        @Override
        public void onGone(String withdrawn) {
            if (withdrawn.equals(key)) {
                gone.countDown();
            }
        }

        @Override
        public void onStore(StoreState state) {
            outage = state instanceof StoreState.Unreachable unreachable ? unreachable.reason() : "";
        }
    }

    /** Publishes an entry that no frontend looks at, sees it, and withdraws it. */
    static Finding roundTrip(String spec, String namespace, Discovery store) {
        String folder = "doctor/" + namespace;
        String key = folder + "/" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        Echo echo = new Echo(key);
        long begin = System.nanoTime();
        try (var _ = store.watch(folder, echo)) {
            Duration seen;
            try (var _ = store.publish(new Entry(key, "probe".getBytes(StandardCharsets.UTF_8)))) {
                if (!await(echo.put)) {
                    return bad(spec + " took an entry and did not show it in " + PATIENCE.toSeconds() + " s"
                            + (echo.outage.isEmpty() ? "" : ": " + echo.outage));
                }
                seen = Duration.ofNanos(System.nanoTime() - begin);
            }
            return await(echo.gone)
                    ? Finding.ok(
                            CHECK, "%s: an entry was seen after %d ms, and withdrawn".formatted(spec, seen.toMillis()))
                    : bad(spec + " still shows an entry " + PATIENCE.toSeconds() + " s after it was withdrawn");
        } catch (JynamoException refused) {
            return bad(spec + ": " + refused.getMessage());
        }
    }

    private static Finding bad(String what) {
        return Finding.fail(
                CHECK,
                what.strip().lines().findFirst().orElse(""),
                WHY,
                "file: check that this user can write the folder and its disk has room; etcd: that it runs, and that"
                        + " address, login and certificates are right");
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The clock of the machine that keeps the store's files, where it is another than ours. */
    static Finding clock(DiscoverySpec spec) {
        if (!(spec instanceof DiscoverySpec.File file)) {
            return nothingToCompare("etcd and memory tell no time of theirs");
        }
        Path folder = file.root();
        try {
            String type = Files.getFileStore(folder).type();
            if (!isOfOthers(type)) {
                return nothingToCompare(folder + " is on this machine (" + type + ")");
            }
            Instant before = Instant.now();
            Path probe = Files.createTempFile(folder, "~doctor", ".tmp"); // named as readers of the store pass over
            try {
                return clock(before, Files.getLastModifiedTime(folder).toInstant(), Instant.now());
            } finally {
                Files.deleteIfExists(probe);
            }
        } catch (IOException e) {
            return nothingToCompare(folder + " cannot be read: " + e.getMessage());
        }
    }

    static Finding nothingToCompare(String because) {
        return Finding.info(
                "clock",
                "compared with nothing: " + because,
                "times in logs and leases of several machines"
                        + " are only comparable where their clocks agree (chronyc tracking, timedatectl)");
    }

    private static boolean isOfOthers(String fileSystem) {
        String type = fileSystem.toLowerCase(Locale.ROOT);
        return List.of("nfs", "cifs", "smb", "ceph", "gluster", "lustre", "9p", "fuse.sshfs", "virtiofs").stream()
                .anyMatch(type::startsWith);
    }

    /** A change that the other side timed, and our clock before and after it. */
    static Finding clock(Instant before, Instant theirs, Instant after) {
        Duration skew = theirs.isBefore(before)
                ? Duration.between(theirs, before)
                : theirs.isAfter(after) ? Duration.between(after, theirs) : Duration.ZERO;
        String words =
                "%d ms %s the store's".formatted(skew.toMillis(), theirs.isBefore(before) ? "ahead of" : "behind");
        return skew.compareTo(SKEW) <= 0
                ? Finding.ok("clock", "as the store's, within " + SKEW.toMillis() + " ms")
                : Finding.warn(
                        "clock",
                        words,
                        "logs and traces of several machines cannot be put in order, and tokens expire early",
                        "synchronize the clocks: chronyc makestep, or timedatectl set-ntp true");
    }
}
