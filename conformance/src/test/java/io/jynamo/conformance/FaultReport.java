package io.jynamo.conformance;

import io.jynamo.conformance.ObservedStream.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** The figures of the fault suite: one JSON file below {@code target}, and a table for people. */
final class FaultReport {
    private static final Path FILE =
            Path.of(System.getProperty("jynamo.root"), "conformance", "target", "fault-suite.json");
    private static final List<FaultCase> CASES = new ArrayList<>();
    private static final String HEAD = """
            | case | streams | faults | moved | lost, repeated, changed | late, silent | refused, error, cut | gap undisturbed | gap moved | recovery |
            |---|---|---|---|---|---|---|---|---|---|
            """;

    private FaultReport() {}

    /** Adds one case, and prints the table of all there are. */
    static synchronized void add(FaultCase one) {
        CASES.add(one);
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(
                    FILE, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(CASES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var table = new StringBuilder("gaps and recovery in ms, p50 / p99 / most; ")
                .append(CASES.stream().mapToInt(FaultCase::streams).sum())
                .append(" streams so far\n")
                .append(HEAD);
        CASES.forEach(known -> table.append(row(known)));
        System.out.println(table);
    }

    private static String row(FaultCase one) {
        return "| %s | %d | %d | %d | %d, %d, %d | %d, %d | %d, %d, %d | %s | %s | %s |\n"
                .formatted(
                        one.name(),
                        one.streams(),
                        one.faults(),
                        one.moved(),
                        one.lost(),
                        one.repeated(),
                        one.changed(),
                        one.count(Ending.LATE),
                        one.count(Ending.SILENT),
                        one.count(Ending.REFUSED),
                        one.count(Ending.ERROR_EVENT),
                        one.count(Ending.CUT),
                        one.undisturbed(),
                        one.disturbed(),
                        one.recovery());
    }
}
