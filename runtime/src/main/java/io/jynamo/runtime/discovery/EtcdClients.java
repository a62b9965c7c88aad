package io.jynamo.runtime.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLException;

/** How this process's etcd clients are made, and what their failures mean. */
final class EtcdClients {
    private static final int MAX_ANSWER = 512 << 20;
    /** As often as an etcd server suffers it. */
    private static final Duration PROBE = Duration.ofSeconds(10);

    /** Held, because a logger that nobody holds forgets its level. */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    static {
        if (GRPC.getLevel() == null) {
            GRPC.setLevel(Level.WARNING); // it tells of its own affairs at INFO
        }
    }

    private EtcdClients() {}

    static Client open(EtcdOptions options, Duration bound) {
        String scheme = options.tls().isPresent() ? "https://" : "http://";
        ClientBuilder builder = Client.builder()
                .endpoints(options.endpoints().stream().map(scheme::concat).toArray(String[]::new))
                .waitForReady(false)
                .retryMaxAttempts(0) // whoever asks tries again, at its own pace
                .connectTimeout(bound)
                .keepaliveTime(PROBE)
                .keepaliveTimeout(bound)
                .maxInboundMessageSize(MAX_ANSWER)
                .interceptor(new Deadline(bound));
        options.login()
                .ifPresent(login -> builder.user(ByteSequence.from(login.user(), UTF_8))
                        .password(ByteSequence.from(login.password(), UTF_8)));
        options.tls().ifPresent(tls -> secure(builder, tls));
        return builder.build();
    }

    private static void secure(ClientBuilder builder, EtcdOptions.Tls tls) {
        try {
            builder.sslContext(ssl -> {
                tls.ca().ifPresent(ca -> ssl.trustManager(ca.toFile()));
                tls.own()
                        .ifPresent(own -> ssl.keyManager(
                                own.certificate().toFile(), own.key().toFile()));
            });
        } catch (SSLException | IllegalArgumentException e) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The TLS files for etcd cannot be used: " + reason(e) + ". They are PEM, keys in PKCS#8.",
                    e);
        }
    }

    /** Calls that are given up end at the server too; only a watch goes on. */
    private record Deadline(Duration bound) implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions call, Channel next) {
            boolean watch = method.getFullMethodName().startsWith("etcdserverpb.Watch/");
            return next.newCall(method, watch ? call : call.withDeadlineAfter(bound.toNanos(), TimeUnit.NANOSECONDS));
        }
    }

    /** Whether etcd was reached, whatever it said. */
    static boolean isAnswer(Throwable failure) {
        Status.Code code = Status.fromThrowable(failure).getCode();
        return code != Status.Code.UNAVAILABLE && code != Status.Code.DEADLINE_EXCEEDED && code != Status.Code.UNKNOWN;
    }

    /** What the innermost cause that has something to say says. */
    static String reason(Throwable failure) {
        String reason = failure.getClass().getSimpleName();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            String message = at.getMessage();
            if (message != null && !message.isBlank()) {
                reason = message;
            }
        }
        return reason;
    }
}
