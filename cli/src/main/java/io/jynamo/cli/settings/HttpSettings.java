package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.bytes;
import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.path;
import static io.jynamo.cli.config.Readers.text;
import static io.jynamo.cli.config.Readers.time;
import static io.jynamo.cli.config.Readers.yesOrNo;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.cli.config.Setting.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where and how clients are met. Names follow vLLM. */
public final class HttpSettings {
    private static final String GROUP = "HTTP";

    public static final Setting<String> HOST = new Draft(
                    GROUP, "host", "ADDRESS", "Address to listen on; other than loopback needs an API key.")
            .of(text(), "127.0.0.1");
    public static final Setting<Integer> PORT = new Draft(
                    GROUP, "port", "PORT", "Port to listen on; 0 takes a free one, see the ready line.")
            .of(count(0, 65_535), "8000");
    public static final Setting<List<String>> API_KEY = new Draft(
                    GROUP, "api-key", "KEY", "Key clients must send; repeat for several. Better given by variable.")
            .list(Kind.SECRET_LIST);
    public static final Setting<Optional<Path>> TLS_CERT = new Draft(
                    GROUP, "tls-cert", "FILE", "Certificate chain, PEM; turns TLS on, with tls-key.")
            .optional(path());
    public static final Setting<Optional<Path>> TLS_KEY =
            new Draft(GROUP, "tls-key", "FILE", "Private key of tls-cert, PEM, PKCS#8.").optional(path());
    public static final Setting<Long> BODY_LIMIT =
            new Draft(GROUP, "body-limit", "SIZE", "Largest request body.").of(bytes(), "45MiB");
    public static final Setting<Duration> RECEIVE_TIMEOUT = new Draft(
                    GROUP, "receive-timeout", "TIME", "In which a request must have arrived whole.")
            .of(time(), "30s");
    public static final Setting<Duration> REQUEST_TIMEOUT =
            new Draft(GROUP, "request-timeout", "TIME", "In which a response must be finished.").of(time(), "10m");
    public static final Setting<Duration> KEEP_ALIVE_INTERVAL = new Draft(
                    GROUP, "sse-keep-alive", "TIME", "Silence in a stream after which a comment is sent; 0 sends none.")
            .of(time(), "15s");
    public static final Setting<Duration> DRAIN_TIMEOUT = new Draft(
                    GROUP, "drain-timeout", "TIME", "How long running streams may go on after a stop signal.")
            .of(time(), "30s");

    public static final Setting<Duration> RESUME_WINDOW = new Draft(
                    GROUP,
                    "resume-window",
                    "TIME",
                    "How long a stream that its client asked to be resumable is kept without a connection; 0 makes none"
                            + " resumable.")
            .of(time(), "30s");
    public static final Setting<Long> RESUME_MEMORY = new Draft(
                    GROUP,
                    "resume-memory",
                    "SIZE",
                    "Memory for what resumable streams said last; 1MiB of each at most.")
            .of(bytes(), "64MiB");

    public static final Setting<Duration> RESPONSES_WINDOW = new Draft(
                    GROUP,
                    "responses-window",
                    "TIME",
                    "How long a response of /v1/responses is kept after it was last used; 0 keeps none.")
            .of(time(), "1h");
    public static final Setting<Long> RESPONSES_MEMORY = new Draft(
                    GROUP,
                    "responses-memory",
                    "SIZE",
                    "Memory for kept responses, of which those unused for longest leave first; 0 keeps none.")
            .of(bytes(), "64MiB");

    public static final Setting<Integer> OVERLOAD_STATUS = new Draft(
                    GROUP,
                    "overload-status",
                    "STATUS",
                    "HTTP status for want of room: 529 as Dynamo's, or 429, which more clients know.")
            .of(count(400, 599), "529");

    public static final Setting<Boolean> STRIP_PREAMBLE = new Draft(
                    GROUP,
                    "strip-anthropic-preamble",
                    "true|false",
                    "Leave a leading x-anthropic-billing-header line out of system prompts of /v1/messages: it differs from"
                            + " session to session, and no prefix would be found in the cache.")
            .of(yesOrNo(), "false");

    public static final Setting<Optional<Integer>> KSERVE_GRPC_PORT = new Draft(
                    GROUP,
                    "kserve-grpc-port",
                    "PORT",
                    "Port of KServe's v2 protocol over gRPC, beside HTTP; 0 takes a free one, see the log. Off unless given.")
            .optional(count(0, 65_535));

    /** In the order of help. */
    public static final List<Setting<?>> ALL = Stream.of(
                    List.<Setting<?>>of(
                            HOST,
                            PORT,
                            API_KEY,
                            TLS_CERT,
                            TLS_KEY,
                            BODY_LIMIT,
                            RECEIVE_TIMEOUT,
                            REQUEST_TIMEOUT,
                            KEEP_ALIVE_INTERVAL,
                            DRAIN_TIMEOUT,
                            RESUME_WINDOW,
                            RESUME_MEMORY,
                            RESPONSES_WINDOW,
                            RESPONSES_MEMORY,
                            OVERLOAD_STATUS,
                            STRIP_PREAMBLE,
                            KSERVE_GRPC_PORT),
                    KeySettings.ALL,
                    MediaSettings.ALL,
                    FilesSettings.ALL)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private HttpSettings() {}

    /** Reads them; what does not go together goes to {@code problems}. */
    public static HttpOptions read(Configuration configuration, Problems problems) {
        Optional<Path> certificate = configuration.get(TLS_CERT);
        Optional<Path> key = configuration.get(TLS_KEY);
        if (certificate.isPresent() != key.isPresent()) {
            problems.add("tls-cert and tls-key belong together: " + (key.isPresent() ? "tls-cert" : "tls-key")
                    + " is missing");
        }
        return new HttpOptions(
                configuration.get(HOST),
                configuration.get(PORT),
                configuration.get(API_KEY),
                KeySettings.read(configuration, problems),
                certificate.flatMap(chain -> key.map(k -> new TlsFiles(chain, k))),
                configuration.get(BODY_LIMIT),
                configuration.get(RECEIVE_TIMEOUT),
                configuration.get(REQUEST_TIMEOUT),
                configuration.get(KEEP_ALIVE_INTERVAL),
                configuration.get(DRAIN_TIMEOUT),
                configuration.get(RESUME_WINDOW),
                configuration.get(RESUME_MEMORY),
                configuration.get(RESPONSES_WINDOW),
                configuration.get(RESPONSES_MEMORY),
                configuration.get(OVERLOAD_STATUS),
                configuration.get(STRIP_PREAMBLE),
                MediaSettings.read(configuration, problems),
                FilesSettings.read(configuration, problems),
                configuration.get(KSERVE_GRPC_PORT));
    }
}
