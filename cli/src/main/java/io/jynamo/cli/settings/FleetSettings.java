package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.path;
import static io.jynamo.cli.config.Readers.text;
import static io.jynamo.cli.config.Readers.time;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.cli.config.Setting.Kind;
import io.jynamo.runtime.session.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the processes of a fleet find each other, know each other, and how long they wait for each other. */
public final class FleetSettings {
    private static final String GROUP = "Fleet";

    public static final Setting<String> DISCOVERY = new Draft(
                    GROUP,
                    "discovery",
                    "STORE",
                    "Where workers are announced: file:FOLDER or etcd://HOST:PORT[,HOST:PORT]. By default a folder of"
                            + " this user's on this machine.")
            .of(text(), "file");
    public static final Setting<String> NAMESPACE = new Draft(
                    GROUP, "namespace", "NAME", "Which fleet of the store; frontends see the workers of theirs.")
            .of(text(), "default");
    public static final Setting<List<String>> TOKEN = new Draft(
                    GROUP,
                    "fleet-token",
                    "SECRET",
                    "What every process of the fleet must prove to know, 16 characters or more. Better given by"
                            + " variable or fleet-token-file.")
            .list(Kind.SECRET_LIST);
    public static final Setting<Optional<Path>> TOKEN_FILE =
            new Draft(GROUP, "fleet-token-file", "FILE", "File that holds the fleet's token.").optional(path());
    public static final Setting<Optional<Path>> TLS_CERT = new Draft(
                    GROUP,
                    "fleet-tls-cert",
                    "FILE",
                    "This process's certificate chain towards the fleet, PEM; with fleet-tls-key and fleet-tls-ca.")
            .optional(path());
    public static final Setting<Optional<Path>> TLS_KEY =
            new Draft(GROUP, "fleet-tls-key", "FILE", "Private key of fleet-tls-cert, PEM, PKCS#8.").optional(path());
    public static final Setting<Optional<Path>> TLS_CA = new Draft(
                    GROUP, "fleet-tls-ca", "FILE", "Authority that must have signed the others' certificates, PEM.")
            .optional(path());

    public static final Setting<Duration> WORKER_SILENCE = new Draft(
                    GROUP,
                    "worker-silence",
                    "TIME",
                    "Silence after which a worker with requests is given up and its streams go on elsewhere.")
            .of(time(), "600ms");

    public static final Setting<String> WORKER_HOST = new Draft(
                    GROUP,
                    "worker-host",
                    "ADDRESS",
                    "Address workers listen on for frontends; other than loopback needs a fleet token or certificates.")
            .of(text(), "127.0.0.1");
    public static final Setting<Integer> WORKER_PORT = new Draft(
                    GROUP, "worker-port", "PORT", "Port workers listen on for frontends; 0 takes a free one.")
            .of(count(0, 65_535), "0");
    public static final Setting<Optional<String>> ADVERTISE_HOST = new Draft(
                    GROUP,
                    "advertise-host",
                    "ADDRESS",
                    "Address others reach this process at, where it is not worker-host.")
            .optional(text());

    public static final Setting<List<String>> TAINTS = new Draft(
                    GROUP,
                    "taints",
                    "LABEL",
                    "Label that requests may ask for or avoid (nvext.routing_constraints), such as rack-a; may be"
                            + " repeated.")
            .list(Kind.LIST);

    public static final Setting<Optional<Integer>> ADMIN_PORT = new Draft(
                    GROUP,
                    "admin-port",
                    "PORT",
                    "Port on 127.0.0.1, and on no other address, for GET /health, /live and /metrics and POST /drain; 0"
                            + " takes a free one, see the log. By default there is none.")
            .optional(count(0, 65_535));

    /** What every process of a fleet can be told, in the order of help. */
    public static final List<Setting<?>> ALL =
            List.of(DISCOVERY, NAMESPACE, TOKEN, TOKEN_FILE, TLS_CERT, TLS_KEY, TLS_CA);

    /** What one that stays can be told besides. */
    public static final List<Setting<?>> ADMIN = List.of(ADMIN_PORT);

    /** What one that calls workers can be told besides. */
    public static final List<Setting<?>> CALLING = List.of(WORKER_SILENCE);

    /** What one that has workers can be told besides. */
    public static final List<Setting<?>> OFFERING = List.of(WORKER_HOST, WORKER_PORT, ADVERTISE_HOST, TAINTS);

    private FleetSettings() {}

    /** Reads what every process can be told; what does not go together goes to {@code problems}. */
    public static FleetOptions read(Configuration configuration, Problems problems) {
        if (!configuration.get(NAMESPACE).matches("[A-Za-z0-9._-]{1,100}")) {
            problems.add("namespace: at most 100 letters, digits, '.', '_' and '-', not '"
                    + configuration.get(NAMESPACE) + "'; it is part of the keys that workers are announced under");
        }
        return new FleetOptions(
                configuration.get(DISCOVERY), configuration.get(NAMESPACE), credentials(configuration, problems));
    }

    private static Credentials credentials(Configuration configuration, Problems problems) {
        String token = token(configuration, problems);
        Optional<Path> certificate = configuration.get(TLS_CERT);
        Optional<Path> key = configuration.get(TLS_KEY);
        Optional<Path> authority = configuration.get(TLS_CA);
        long given = List.of(certificate, key, authority).stream()
                .filter(Optional::isPresent)
                .count();
        if (given != 0 && given != 3) {
            problems.add("fleet-tls-cert, fleet-tls-key and fleet-tls-ca belong together: give all three");
            return new Credentials(token, null);
        }
        return new Credentials(
                token,
                given == 0
                        ? null
                        : new Credentials.Certificates(
                                certificate.orElseThrow(), key.orElseThrow(), authority.orElseThrow()));
    }

    private static @Nullable String token(Configuration configuration, Problems problems) {
        List<String> given = configuration.get(TOKEN);
        Optional<Path> file = configuration.get(TOKEN_FILE);
        if (!given.isEmpty() && file.isPresent()) {
            problems.add("fleet-token and fleet-token-file both say the token: give one");
            return null;
        }
        String token = given.isEmpty() ? file.map(path -> read(path, problems)).orElse(null) : given.getLast();
        if (token != null && token.length() < Credentials.LEAST_TOKEN_LENGTH) {
            problems.add("the fleet's token has " + token.length() + " characters; it needs "
                    + Credentials.LEAST_TOKEN_LENGTH + " or more");
            return null;
        }
        return token;
    }

    private static @Nullable String read(Path file, Problems problems) {
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            problems.add("fleet-token-file " + file + " cannot be read: " + unreadable.getMessage());
            return null;
        }
    }
}
