package io.jynamo.cli.doctor;

import io.jynamo.cli.ExitCode;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/** Prints findings as they come, as text or as one JSON object a line, and counts them. */
final class Report implements Consumer<Finding> {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PrintWriter out;
    private final boolean json;
    private final Map<Finding.Status, Integer> counts = new EnumMap<>(Finding.Status.class);

    Report(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    @Override
    public void accept(Finding finding) {
        counts.merge(finding.status(), 1, Integer::sum);
        out.println(json ? json(finding) : text(finding));
        out.flush(); // some checks take half a minute
    }

    /** What is wrong and its remedy share one line, so that a search for either finds both. */
    static String text(Finding finding) {
        String line = "%-8s%-18s%s".formatted(finding.status().word(), finding.check(), finding.what());
        if (!finding.mend().isEmpty()) {
            line += " -> " + finding.mend();
        }
        return finding.why().isEmpty() ? line : line + "%n%-26s(%s)".formatted("", finding.why());
    }

    static String json(Finding finding) {
        var node = JSON.createObjectNode();
        node.put("check", finding.check())
                .put("status", finding.status().word())
                .put("what", finding.what())
                .put("why", finding.why())
                .put("mend", finding.mend());
        return JSON.writeValueAsString(node);
    }

    /** Ends the text with the counts. */
    ExitCode end() {
        if (!json) {
            out.println(count(Finding.Status.FAILURE) + " failed, " + count(Finding.Status.WARNING) + " to look at, "
                    + (count(Finding.Status.OK) + count(Finding.Status.INFO)) + " well");
            out.flush();
        }
        return count(Finding.Status.FAILURE) == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }

    private int count(Finding.Status status) {
        return counts.getOrDefault(status, 0);
    }
}
