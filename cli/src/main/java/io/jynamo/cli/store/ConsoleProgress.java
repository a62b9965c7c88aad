package io.jynamo.cli.store;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A {@link PullProgress} on a console: a bar that is redrawn on a terminal, a line at every tenth elsewhere. */
public final class ConsoleProgress implements PullProgress {
    private static final int BAR = 24;
    private static final long REDRAW_NANOS = 100_000_000;
    private static final double MEGA = 1e6;

    private final PrintStream out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private String what = "";
    private long startNanos;
    private long startBytes;
    private long drawnNanos;
    private int drawnTenth;
    private boolean barOpen;

    /**
     * @param out usually standard error
     * @param terminal whether a carriage return redraws a line there
     * @param nanoTime a monotone clock, usually {@link System#nanoTime}
     */
    public ConsoleProgress(PrintStream out, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
    }

    @Override
    public void at(String name, long doneBytes, long totalBytes) {
        long now = nanoTime.getAsLong();
        if (!name.equals(what)) {
            closeBar();
            what = name;
            startNanos = now;
            startBytes = doneBytes;
            drawnNanos = now - REDRAW_NANOS;
            drawnTenth = -1;
        }
        boolean complete = doneBytes == totalBytes;
        if (terminal) {
            if (complete || now - drawnNanos >= REDRAW_NANOS) {
                drawnNanos = now;
                out.print("\r" + bar(doneBytes, totalBytes, now) + "\u001b[K");
                out.flush();
                barOpen = true;
            }
        } else if (totalBytes > 0 && (int) (10 * doneBytes / totalBytes) > drawnTenth) {
            drawnTenth = (int) (10 * doneBytes / totalBytes);
            out.println(what + ": " + size(doneBytes, totalBytes));
        }
        if (complete) {
            closeBar();
        }
    }

    @Override
    public void note(String line) {
        closeBar();
        out.println(line);
    }

    private void closeBar() {
        if (barOpen) {
            out.println();
            barOpen = false;
        }
    }

    private String bar(long done, long total, long now) {
        if (total <= 0) {
            return what + "  " + size(done, total);
        }
        int full = (int) (BAR * done / total);
        double seconds = (now - startNanos) / 1e9;
        double rate = seconds > 0.2 ? (done - startBytes) / seconds : 0;
        String speed = rate < 1
                ? ""
                : String.format(Locale.ROOT, "  %.1f MB/s  %d s left", rate / MEGA, Math.round((total - done) / rate));
        return what + "  [" + "#".repeat(full) + ".".repeat(BAR - full) + "]  " + size(done, total) + speed;
    }

    private static String size(long done, long total) {
        return total < 0
                ? String.format(Locale.ROOT, "%.1f MB", done / MEGA)
                : String.format(
                        Locale.ROOT,
                        "%3d %%  %.1f of %.1f MB",
                        total == 0 ? 100 : 100 * done / total,
                        done / MEGA,
                        total / MEGA);
    }
}
