package io.jynamo.frontend;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Reads certificate and key into a context that offers h2 and HTTP/1.1. */
final class Tls {
    private Tls() {}

    static @Nullable SslContext context(FrontendOptions.@Nullable TlsFiles files) {
        if (files == null) {
            return null;
        }
        requireReadable("--tls-cert", files.certificate());
        requireReadable("--tls-key", files.key());
        SslProvider provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
        try {
            return SslContextBuilder.forServer(
                            files.certificate().toFile(), files.key().toFile())
                    .sslProvider(provider)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (SSLException | IllegalArgumentException broken) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "--tls-cert " + files.certificate() + " and --tls-key " + files.key()
                            + " do not make a TLS identity (PEM certificate chain and PKCS#8 key are needed): "
                            + broken.getMessage(),
                    broken);
        }
    }

    private static void requireReadable(String flag, Path file) {
        if (!Files.isReadable(file)) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, flag + " " + file + " is not there or cannot be read.");
        }
    }
}
