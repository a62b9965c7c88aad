package io.jynamo.frontend.kserve;

import io.jynamo.frontend.http.HttpLimits;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where KServe's port listens and what it allows.
 *
 * @param address port 0 is any
 * @param tls null for plain text
 * @param limits those of HTTP, which hold here too
 * @param version of the server, told to clients
 */
public record KserveOptions(
        InetSocketAddress address, @Nullable SslContext tls, HttpLimits limits, String version) {}
