package io.jynamo.runtime.session;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS of sessions: both sides show a certificate of the fleet's authority. */
final class SessionTls {
    private SessionTls() {}

    static @Nullable SslContext server(Credentials credentials) {
        Credentials.Certificates files = credentials.tls();
        if (files == null) {
            return null;
        }
        try {
            return SslContextBuilder.forServer(
                            files.certificate().toFile(), files.key().toFile())
                    .sslProvider(SslProvider.JDK)
                    .trustManager(files.authority().toFile())
                    .clientAuth(ClientAuth.REQUIRE)
                    .protocols("TLSv1.3")
                    .build();
        } catch (SSLException | IllegalArgumentException unusable) {
            throw unusable(files, unusable);
        }
    }

    /**
     * Who holds a certificate of the fleet's authority is one of the fleet, whatever host it is on: names are not
     * compared.
     */
    static @Nullable SslContext client(Credentials credentials) {
        Credentials.Certificates files = credentials.tls();
        if (files == null) {
            return null;
        }
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .keyManager(files.certificate().toFile(), files.key().toFile())
                    .trustManager(files.authority().toFile())
                    .endpointIdentificationAlgorithm(null)
                    .protocols("TLSv1.3")
                    .build();
        } catch (SSLException | IllegalArgumentException unusable) {
            throw unusable(files, unusable);
        }
    }

    private static JynamoException unusable(Credentials.Certificates files, Exception cause) {
        return new JynamoException(
                ErrorCode.INVALID_CONFIGURATION,
                "the fleet's certificates cannot be used (" + files.certificate() + ", " + files.key() + ", "
                        + files.authority() + "): " + cause.getMessage() + "; PEM is wanted, the key as PKCS#8",
                cause);
    }
}
