package io.jynamo.cli.graph;

import io.jynamo.cli.graph.supervision.GraphStatus;
import io.jynamo.cli.graph.supervision.StatusChange;
import java.io.PrintWriter;
import java.util.List;

/** A graph's status on standard output as it changes: a table redrawn in place on a terminal, a line a change elsewhere. */
final class LiveStatus {
    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final PrintWriter out;
    private final boolean terminal;
    private GraphStatus seen;
    private int drawn;
    private boolean saidReady;

    /**
     * One that has shown nothing yet.
     *
     * @param terminal whether what was drawn can be drawn over
     */
    LiveStatus(PrintWriter out, boolean terminal, String graph) {
        this.out = out;
        this.terminal = terminal;
        this.seen = new GraphStatus(graph, 0, false, false, List.of());
    }

    /** Shows how the graph stands now. */
    void show(GraphStatus now) {
        if (terminal) {
            draw(StatusTable.lines(now));
        } else {
            StatusChange.lines(seen, now).forEach(out::println);
            if (now.isSettled() && !saidReady) {
                saidReady = true;
                out.println(ready(now));
            }
        }
        seen = now;
        out.flush();
    }

    /** Says something below what was shown. */
    void say(String line) {
        out.println(line);
        drawn = 0;
        out.flush();
    }

    /** The line that says that all of a graph is ready, and where. */
    static String ready(GraphStatus graph) {
        return "ready " + (graph.addresses().isEmpty() ? graph.name() : String.join(" ", graph.addresses()));
    }

    private void draw(List<String> lines) {
        var text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append("A\r");
        }
        text.append(NO_WRAP); // a line that wraps would be two, and the cursor go back too little
        lines.forEach(line -> text.append(line).append(CLEAR_LINE).append('\n'));
        text.append(WRAP).append(CLEAR_BELOW);
        out.print(text);
        drawn = lines.size();
    }
}
