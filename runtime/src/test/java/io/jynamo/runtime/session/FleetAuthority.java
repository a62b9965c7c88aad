package io.jynamo.runtime.session;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An authority that signs certificates of a fleet's processes, by the command openssl. */
final class FleetAuthority {
    private final Path folder;
    private final String name;
    private int serial;

    private FleetAuthority(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    /** Skips the test in one line where openssl is not installed. */
    static FleetAuthority in(Path folder, String name) throws IOException, InterruptedException {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":"))
                        .anyMatch(bin -> Files.isExecutable(Path.of(bin, "openssl"))),
                "not run: the command openssl is not installed");
        FleetAuthority authority = new FleetAuthority(folder, name);
        List<String> line = new ArrayList<>(List.of("req", "-x509", "-days", "30", "-subj", "/CN=" + name));
        line.addAll(authority.freshKey(name));
        line.addAll(List.of("-out", authority.certificate().toString()));
        authority.openssl(line);
        return authority;
    }

    Path certificate() {
        return folder.resolve(name + ".pem");
    }

    /** For both ends of a session, for a month. */
    Credentials.Certificates issue(String who) throws IOException, InterruptedException {
        return issue(who, "30", "serverAuth,clientAuth");
    }

    Credentials.Certificates issueExpired(String who) throws IOException, InterruptedException {
        return issue(who, "-1", "serverAuth,clientAuth");
    }

    Credentials.Certificates issueFor(String who, String purposes) throws IOException, InterruptedException {
        return issue(who, "30", purposes);
    }

    private Credentials.Certificates issue(String who, String days, String purposes)
            throws IOException, InterruptedException {
        Path request = folder.resolve(who + ".csr");
        Path purpose = Files.writeString(folder.resolve(who + ".ext"), "extendedKeyUsage=" + purposes + "\n");
        List<String> line = new ArrayList<>(List.of("req", "-new", "-subj", "/CN=" + who));
        line.addAll(freshKey(who));
        line.addAll(List.of("-out", request.toString()));
        openssl(line);
        Path certificate = folder.resolve(who + ".pem");
        openssl(List.of(
                "x509",
                "-req",
                "-in",
                request.toString(),
                "-CA",
                certificate().toString(),
                "-CAkey",
                folder.resolve(name + ".key").toString(),
                "-set_serial",
                Integer.toString(++serial),
                "-days",
                days,
                "-extfile",
                purpose.toString(),
                "-out",
                certificate.toString()));
        return new Credentials.Certificates(certificate, folder.resolve(who + ".key"), certificate());
    }

    private List<String> freshKey(String who) {
        return List.of(
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-keyout",
                folder.resolve(who + ".key").toString());
    }

    private void openssl(List<String> arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("openssl"));
        line.addAll(arguments);
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(line + ":\n" + said);
        }
    }
}
