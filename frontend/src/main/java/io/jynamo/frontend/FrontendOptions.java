package io.jynamo.frontend;

import io.jynamo.frontend.batch.BatchOptions;
import io.jynamo.frontend.generate.GenerationLimits;
import io.jynamo.frontend.http.HttpLimits;
import io.jynamo.frontend.keys.KeyOptions;
import io.jynamo.frontend.responses.ResponseLimits;
import io.jynamo.frontend.resume.ResumeLimits;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a frontend listens and what it allows.
 *
 * @param host name or address to bind
 * @param port 0 takes any free one
 * @param apiKeys keys clients must send; may be empty on loopback only, or beside a file of keys
 * @param keys where more keys are, and what is written down of requests
 * @param tls certificate and key, or null for plain text
 * @param eventLoops threads that read and write sockets
 * @param resume what streams whose clients may come back may take
 * @param shutdownTimeout how long running answers may go on after {@link FrontendNode#close()}
 * @param metricsPrefix of every metric name
 * @param responses what kept responses may take
 * @param stripsPreamble the billing header that some of Anthropic's clients begin system prompts with is left out of them
 * @param batches where files and batches lie, and what they may take
 */
public record FrontendOptions(
        String host,
        int port,
        List<String> apiKeys,
        KeyOptions keys,
        @Nullable TlsFiles tls,
        int eventLoops,
        HttpLimits http,
        GenerationLimits generation,
        ResumeLimits resume,
        Duration shutdownTimeout,
        String metricsPrefix,
        ResponseLimits responses,
        boolean stripsPreamble,
        BatchOptions batches) {
    /** PEM files of a certificate chain and its private key. */
    public record TlsFiles(Path certificate, Path key) {}

    /** Dynamo's default limit of one request body. */
    public static final long DEFAULT_BODY_BYTES = 45L << 20;

    public FrontendOptions {
        apiKeys = List.copyOf(apiKeys);
        if (port < 0 || port > 65_535) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "--port must be from 0 to 65535, not " + port);
        }
        if (apiKeys.stream().anyMatch(String::isBlank)) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "--api-key must not be blank.");
        }
        if (eventLoops < 1) {
            throw new IllegalArgumentException("eventLoops must be at least 1: " + eventLoops);
        }
        if (shutdownTimeout.isNegative()) {
            throw new IllegalArgumentException("shutdownTimeout must not be negative: " + shutdownTimeout);
        }
    }

    /** Plain HTTP without keys, with limits for one machine. */
    public static FrontendOptions on(String host, int port) {
        int cores = Runtime.getRuntime().availableProcessors();
        long heap = Runtime.getRuntime().maxMemory();
        return new FrontendOptions(
                host,
                port,
                List.of(),
                KeyOptions.NONE,
                null,
                Math.max(1, Math.min(cores, 16)),
                new HttpLimits(
                        DEFAULT_BODY_BYTES,
                        Math.max(DEFAULT_BODY_BYTES, heap / 8),
                        32 * 1024,
                        8 * 1024,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(10),
                        16_384,
                        1_024),
                new GenerationLimits(4_096, Math.max(2, cores), Duration.ofMinutes(30), Duration.ofSeconds(15), 256),
                ResumeLimits.DEFAULT,
                Duration.ofSeconds(5),
                "dynamo_frontend",
                ResponseLimits.DEFAULT,
                false,
                BatchOptions.OFF);
    }

    public FrontendOptions withApiKeys(List<String> plain) {
        return new FrontendOptions(
                host,
                port,
                plain,
                keys,
                tls,
                eventLoops,
                http,
                generation,
                resume,
                shutdownTimeout,
                metricsPrefix,
                responses,
                stripsPreamble,
                batches);
    }

    public FrontendOptions withKeys(KeyOptions more) {
        return new FrontendOptions(
                host,
                port,
                apiKeys,
                more,
                tls,
                eventLoops,
                http,
                generation,
                resume,
                shutdownTimeout,
                metricsPrefix,
                responses,
                stripsPreamble,
                batches);
    }

    public FrontendOptions withTls(TlsFiles files) {
        return new FrontendOptions(
                host,
                port,
                apiKeys,
                keys,
                files,
                eventLoops,
                http,
                generation,
                resume,
                shutdownTimeout,
                metricsPrefix,
                responses,
                stripsPreamble,
                batches);
    }

    public FrontendOptions withHttp(HttpLimits limits) {
        return new FrontendOptions(
                host,
                port,
                apiKeys,
                keys,
                tls,
                eventLoops,
                limits,
                generation,
                resume,
                shutdownTimeout,
                metricsPrefix,
                responses,
                stripsPreamble,
                batches);
    }

    public FrontendOptions withGeneration(GenerationLimits limits) {
        return new FrontendOptions(
                host,
                port,
                apiKeys,
                keys,
                tls,
                eventLoops,
                http,
                limits,
                resume,
                shutdownTimeout,
                metricsPrefix,
                responses,
                stripsPreamble,
                batches);
    }

    public FrontendOptions withResume(ResumeLimits limits) {
        return new FrontendOptions(
                host,
                port,
                apiKeys,
                keys,
                tls,
                eventLoops,
                http,
                generation,
                limits,
                shutdownTimeout,
                metricsPrefix,
                responses,
                stripsPreamble,
                batches);
    }

    public FrontendOptions withStrippedPreamble(boolean strips) {
        return new FrontendOptions(
                host,
                port,
                apiKeys,
                keys,
                tls,
                eventLoops,
                http,
                generation,
                resume,
                shutdownTimeout,
                metricsPrefix,
                responses,
                strips,
                batches);
    }

    public FrontendOptions withResponses(ResponseLimits limits) {
        return new FrontendOptions(
                host,
                port,
                apiKeys,
                keys,
                tls,
                eventLoops,
                http,
                generation,
                resume,
                shutdownTimeout,
                metricsPrefix,
                limits,
                stripsPreamble,
                batches);
    }

    public FrontendOptions withBatches(BatchOptions options) {
        return new FrontendOptions(
                host,
                port,
                apiKeys,
                keys,
                tls,
                eventLoops,
                http,
                generation,
                resume,
                shutdownTimeout,
                metricsPrefix,
                responses,
                stripsPreamble,
                options);
    }

    public FrontendOptions withShutdownTimeout(Duration timeout) {
        return new FrontendOptions(
                host,
                port,
                apiKeys,
                keys,
                tls,
                eventLoops,
                http,
                generation,
                resume,
                timeout,
                metricsPrefix,
                responses,
                stripsPreamble,
                batches);
    }

    /**
     * The address to bind.
     *
     * @throws JynamoException INVALID_CONFIGURATION when it cannot be resolved, or is no loopback address and there is
     *     no API key
     */
    InetSocketAddress address() {
        InetSocketAddress address = new InetSocketAddress(host, port);
        InetAddress resolved = address.getAddress();
        if (resolved == null) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "--host " + host + " cannot be resolved to an address.");
        }
        if (apiKeys.isEmpty() && keys.file() == null && !resolved.isLoopbackAddress()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "--host " + host + " is reachable from other machines, so --api-key or --api-keys-file is needed;"
                            + " without one only loopback addresses such as 127.0.0.1 are served.");
        }
        return address;
    }
}
