package io.jynamo.cli.doctor;

import io.jynamo.cli.ExitCode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code jynamo doctor}: looks at everything jynamo needs of this machine and says what to do about what is wrong. */
@Command(
        name = "doctor",
        header = "Look at this machine: JDK, memory, CPU, ports, models, Python, disk.",
        description = "Exit code 1 when something that serving needs is missing.")
public final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8000", description = "Port to try. Default: 8000.")
    private int port;

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(JavaChecks.all());
        findings.addAll(CpuChecks.all());
        findings.addAll(MemoryChecks.all());
        findings.add(PortCheck.of("127.0.0.1", port));
        findings.addAll(ModelChecks.all());
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(finding -> print(out, finding));
        long failed = findings.stream()
                .filter(finding -> finding.verdict() == Finding.Verdict.FAIL)
                .count();
        long warned = findings.stream()
                .filter(finding -> finding.verdict() == Finding.Verdict.WARN)
                .count();
        out.println(failed + " failed, " + warned + " to look at, " + (findings.size() - failed - warned) + " well");
        out.flush();
        return (failed == 0 ? ExitCode.OK : ExitCode.FAILURE).number();
    }

    private static void print(PrintWriter out, Finding finding) {
        out.printf(
                "%-5s%-16s%s%n",
                finding.verdict().name().toLowerCase(java.util.Locale.ROOT), finding.subject(), finding.found());
        if (!finding.advice().isEmpty()) {
            out.printf("%-21s-> %s%n", "", finding.advice());
        }
    }
}
