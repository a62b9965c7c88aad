package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of a fleet that know each other by certificates, and those that do not. */
class FleetSecurityTest {
    private static final String CHAT = "{\"model\":\"" + TestFleet.MODEL + "\",\"max_completion_tokens\":8,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    @TempDir
    Path folder;

    @Test
    void a_worker_off_loopback_without_token_or_certificates_does_not_start() {
        var run = Command.jynamo("worker", "--engine", "sim", "--worker-host", "0.0.0.0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains(
                        "error invalid_configuration: ",
                        "--fleet-token-file",
                        "--fleet-tls-cert",
                        "--fleet-tls-key",
                        "--fleet-tls-ca");
    }

    @Test
    void certificates_that_are_not_all_given_or_not_there_are_told() {
        var two = Command.jynamo("worker", "--engine", "sim", "--fleet-tls-cert", "a.pem", "--fleet-tls-key", "a.key");
        assertThat(two.exitCode()).isEqualTo(2);
        assertThat(two.err()).contains("fleet-tls-ca", "belong together");

        var missing = Command.jynamo(
                "worker",
                "--engine",
                "sim",
                "--discovery",
                "file:" + folder,
                "--fleet-tls-cert",
                "no.pem",
                "--fleet-tls-key",
                "no.key",
                "--fleet-tls-ca",
                "no-ca.pem");
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("error invalid_configuration: ", "no.pem");
    }

    @Test
    void a_fleet_with_certificates_serves_and_takes_nobody_of_another() throws Exception {
        Path fleetAuthority = authority("fleet");
        Path otherAuthority = authority("other");
        String[] door = certificate("door", "fleet", fleetAuthority);
        String[] worker = certificate("worker", "fleet", fleetAuthority);
        // Signed by another authority, though it trusts ours.
        String[] intruder = certificate("intruder", "other", otherAuthority);
        intruder[5] = fleetAuthority.toString();

        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend(door);
            fleet.worker(with(worker, "--worker-host", "0.0.0.0", "--advertise-host", "127.0.0.1"));
            TestFleet.awaitModel(frontend);
            var answer = Http.post(frontend.at("/v1/chat/completions"), CHAT);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);

            FleetProcess strange = fleet.frontend(intruder);
            TestFleet.awaitLog(strange, "is announced and cannot be used");
            assertThat(Http.post(strange.at("/v1/chat/completions"), CHAT).status())
                    .isNotEqualTo(200);
            assertThat(Http.get(strange.at("/v1/models")).text()).doesNotContain(TestFleet.MODEL);

            FleetProcess impostor = fleet.worker(with(intruder, "--served-model-name", "impostor"));
            assertThat(impostor.ready()).isNotEmpty();
            TestFleet.awaitLog(frontend, "is announced and cannot be used");
            assertThat(Http.post(frontend.at("/v1/chat/completions"), CHAT.replace(TestFleet.MODEL, "impostor"))
                            .status())
                    .isIn(404, 503);
            assertThat(Http.get(frontend.at("/v1/models")).text()).doesNotContain("impostor");
        }
    }

    private static String[] with(String[] flags, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(flags));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private Path authority(String name) {
        Path certificate = folder.resolve(name + ".pem");
        openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=" + name,
                "-keyout",
                folder.resolve(name + ".key").toString(),
                "-out",
                certificate.toString());
        return certificate;
    }

    /** Flags of a process that has a certificate of this authority. */
    private String[] certificate(String who, String by, Path authority) throws IOException {
        Path key = folder.resolve(who + ".key");
        Path request = folder.resolve(who + ".csr");
        Path certificate = folder.resolve(who + ".pem");
        Path purposes = Files.writeString(folder.resolve(who + ".ext"), "extendedKeyUsage=serverAuth,clientAuth\n");
        openssl(
                "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=" + who,
                "-keyout",
                key.toString(),
                "-out",
                request.toString());
        openssl(
                "x509 -req -days 30 -set_serial " + who.length(),
                "-CA",
                authority.toString(),
                "-CAkey",
                folder.resolve(by + ".key").toString(),
                "-in",
                request.toString(),
                "-extfile",
                purposes.toString(),
                "-out",
                certificate.toString());
        return new String[] {
            "--fleet-tls-cert",
            certificate.toString(),
            "--fleet-tls-key",
            key.toString(),
            "--fleet-tls-ca",
            authority.toString()
        };
    }

    private static void openssl(String words, String... more) {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":"))
                        .anyMatch(bin -> Files.isExecutable(Path.of(bin, "openssl"))),
                "not run: the command openssl is not installed");
        List<String> line = new ArrayList<>(List.of("openssl"));
        line.addAll(List.of(words.split(" ")));
        line.addAll(List.of(more));
        Command run = Command.run(line, Map.of());
        assertThat(run.exitCode()).as(run.err()).isZero();
    }
}
