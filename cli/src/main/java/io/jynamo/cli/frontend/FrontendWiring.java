package io.jynamo.cli.frontend;

import io.jynamo.cli.settings.FilesChoice;
import io.jynamo.cli.settings.HttpOptions;
import io.jynamo.cli.settings.KeyChoice;
import io.jynamo.cli.settings.MediaChoice;
import io.jynamo.cli.settings.RouterChoice;
import io.jynamo.frontend.FrontendOptions;
import io.jynamo.frontend.FrontendOptions.TlsFiles;
import io.jynamo.frontend.batch.BatchLimits;
import io.jynamo.frontend.batch.BatchOptions;
import io.jynamo.frontend.files.FileLimits;
import io.jynamo.frontend.generate.HedgeLimits;
import io.jynamo.frontend.keys.AuditOptions;
import io.jynamo.frontend.keys.KeyClock;
import io.jynamo.frontend.keys.KeyOptions;
import io.jynamo.frontend.media.MediaLimits;
import io.jynamo.frontend.responses.ResponseLimits;
import io.jynamo.frontend.resume.ResumeLimits;
import java.time.Duration;
import java.time.InstantSource;

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
                .withResponses(ResponseLimits.DEFAULT.with(told.responsesMemory(), told.responsesWindow()))
                .withBatches(batches(told.files()));
        plain = plain.withHttp(plain.http()
                        .withBody(told.bodyLimit(), told.receiveTimeout())
                        .withOverloadStatus(told.overloadStatus()))
                .withGeneration(plain.generation()
                        .withTimes(told.requestTimeout(), told.keepAliveInterval())
                        .withMigrations(router.migrationLimit(), router.migrationPatience())
                        .withMedia(media(told.media()))
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

    private static MediaLimits media(MediaChoice told) {
        return MediaLimits.DEFAULT.with(told.maxBytes(), told.maxParts(), told.allowedDomains(), told.privateAllowed());
    }

    private static BatchOptions batches(FilesChoice told) {
        FileLimits files = FileLimits.OFF.with(told.fileBytes(), told.ownerBytes(), told.totalBytes());
        return new BatchOptions(
                told.folder().map(files::in).orElse(files),
                BatchLimits.DEFAULT.withConcurrency(told.concurrency()),
                InstantSource.system());
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
