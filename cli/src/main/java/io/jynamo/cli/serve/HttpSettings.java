package io.jynamo.cli.serve;

import io.jynamo.frontend.FrontendOptions;
import io.jynamo.frontend.FrontendOptions.TlsFiles;

/** Turns what {@code serve} was told of HTTP into the frontend's options. */
final class HttpSettings {
    private HttpSettings() {}

    static FrontendOptions frontend(ServeOptions.HttpOptions told) {
        FrontendOptions plain = FrontendOptions.on(told.host(), told.port())
                .withApiKeys(told.apiKeys())
                .withShutdownTimeout(told.drainTimeout());
        plain = plain.withHttp(plain.http().withBody(told.bodyLimit(), told.receiveTimeout()))
                .withGeneration(plain.generation().withTimes(told.requestTimeout(), told.keepAliveInterval()));
        return told.tls()
                .map(files -> new TlsFiles(files.certificate(), files.key()))
                .map(plain::withTls)
                .orElse(plain);
    }
}
