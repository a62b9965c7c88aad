package io.jynamo.cli.frontend;

import io.jynamo.cli.settings.HttpOptions;
import io.jynamo.cli.settings.KeyChoice;
import io.jynamo.cli.settings.RouterChoice;
import io.jynamo.frontend.FrontendOptions;
import io.jynamo.frontend.FrontendOptions.TlsFiles;
import io.jynamo.frontend.generate.HedgeLimits;
import io.jynamo.frontend.keys.AuditOptions;
import io.jynamo.frontend.keys.KeyClock;
import io.jynamo.frontend.keys.KeyOptions;
import io.jynamo.frontend.responses.ResponseLimits;
import io.jynamo.frontend.resume.ResumeLimits;
import java.time.Duration;

/** What a command was told of HTTP as the frontend's options. */
public final class FrontendWiring {
    private FrontendWiring() {}

    public static FrontendOptions options(HttpOptions told, RouterChoice router) {
        FrontendOptions plain = FrontendOptions.on(told.host(), told.port())
                .withApiKeys(told.apiKeys())
                .withKeys(keys(told.keys()))
                .withShutdownTimeout(told.drainTimeout())
                .withStrippedPreamble(told.stripsPreamble())
                .withResume(
                        new ResumeLimits(told.resumeWindow(), ResumeLimits.DEFAULT.streamBytes(), told.resumeMemory()))
                .withResponses(ResponseLimits.DEFAULT.with(told.responsesMemory(), told.responsesWindow()));
        plain = plain.withHttp(plain.http()
                        .withBody(told.bodyLimit(), told.receiveTimeout())
                        .withOverloadStatus(told.overloadStatus()))
                .withGeneration(plain.generation()
                        .withTimes(told.requestTimeout(), told.keepAliveInterval())
                        .withMigrations(router.migrationLimit(), router.migrationPatience())
                        .withRetryShare(router.retryBudget())
                        .withHedging(new HedgeLimits(
                                Duration.ofMillis(router.hedgeAfterMillis()),
                                router.hedgeQuantile(),
                                router.hedgeBudget())));
        return told.tls()
                .map(files -> new TlsFiles(files.certificate(), files.key()))
                .map(plain::withTls)
                .orElse(plain);
    }

    private static KeyOptions keys(KeyChoice told) {
        return new KeyOptions(
                told.file().orElse(null),
                told.audit()
                        .map(file -> new AuditOptions(file, told.payloads(), told.auditMaxBytes(), told.auditKeep()))
                        .orElse(null),
                KeyClock.SYSTEM);
    }
}
