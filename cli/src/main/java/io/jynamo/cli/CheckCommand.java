package io.jynamo.cli;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jynamo check}, for help and completion: the launcher script runs it, because it needs Maven and sources. */
@Command(
        name = "check",
        header = "Build everything, check the format, run all tests.",
        description = "Ends with one line 'N passed, N failed'; fails if any failed.")
final class CheckCommand implements Callable<Integer> {
    @Option(names = "--long", description = "Also the long suites: large corpora, every model family, fuzzing.")
    private boolean longSuites;

    @Parameters(paramLabel = "ROOM", description = "With --long: the rooms whose long suites run; all by default.")
    private List<String> rooms = List.of();

    @Override
    public Integer call() {
        throw new JynamoException(
                ErrorCode.INVALID_CONFIGURATION,
                "check " + (longSuites ? "--long " : "") + String.join(" ", rooms) + (rooms.isEmpty() ? "" : " ")
                        + "runs from a source checkout: ./jynamo check");
    }
}
