package io.jynamo.bench.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.bench.load.LoadReport;
import io.jynamo.bench.load.LoadReport.Cost;
import io.jynamo.bench.load.LoadReport.Latency;
import io.jynamo.bench.load.ProcessUsage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    @TempDir
    private Path folder;

    @Test
    void quotesTheLeastCpuTheMedianLatencyAndTheShare() {
        Comparison comparison = new Comparison(Cell.ALL.getFirst());
        for (double factor : List.of(2.0, 1.0, 3.0)) {
            comparison.add("jynamo", report("jynamo", 0.5 * factor, factor));
            comparison.add("dynamo", report("dynamo", 2.0 * factor, 10 * factor));
        }
        comparison.floor("jynamo", new Target.Floor.Latency(1.75, 0.5));
        assertThat(comparison.toMarkdown().lines())
                .anyMatch(line -> line.startsWith("### burst-1000: real text of about 1,000 tokens"))
                .anyMatch(line ->
                        line.startsWith("| jynamo | 0.500 | 7.81 |  | 2.000 | 2.000 | +0.250 | 1.000 | +0.500 |"))
                .anyMatch(line -> line.startsWith("| dynamo | 2.000 | 31.25 | 0.25 | 20.000 | 20.000 |  | 1.000 |  |"));
    }

    @Test
    void refusesUnknownNames() {
        assertThat(FrontendBench.run("--targets", "jynamo,other")).isEqualTo(2);
        assertThat(FrontendBench.run("--cells", "huge")).isEqualTo(2);
        assertThat(FrontendBench.run("--colour")).isEqualTo(2);
        assertThat(FrontendBench.run("--help")).isZero();
    }

    @Test
    void saysWhichPeersAreNotThere() {
        Launcher launcher = new Launcher(folder, folder, false, 4, List.of());
        assertThat(launcher.missing("jynamo").orElseThrow()).contains("not set up");
        assertThat(Launcher.NAMES).allMatch(name -> launcher.missing(name).isPresent());
    }

    @Test
    void cellsHaveNamesOfTheirOwn() {
        Set<String> names = Cell.ALL.stream().map(Cell::name).collect(Collectors.toSet());
        assertThat(names).hasSize(Cell.ALL.size());
    }

    private static LoadReport report(String target, double millisPerRequest, double firstToken) {
        Latency first = new Latency(10, firstToken, firstToken, firstToken, firstToken, firstToken);
        Latency each = new Latency(10, 1, 1, 1, 1, 1);
        Cost cost = new Cost(millisPerRequest, millisPerRequest * 1e3 / 64, 1, 100, 120);
        return new LoadReport(
                "http://127.0.0.1:1",
                32,
                0,
                false,
                10,
                Map.of(),
                1,
                10,
                640,
                1000,
                64,
                64,
                0,
                first,
                each,
                each,
                each,
                each,
                Map.of(target, cost),
                new ProcessUsage(0, 0, 0, 0));
    }
}
