package io.jynamo.engine.attached;

import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.OutputConstraint;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How one kind of engine is spoken to. Pure: no thread, no clock, no socket. */
public interface EngineDialect {
    /** Where such a request is posted to, below the engine's URL. */
    String path(GenerationRequest request);

    /** The JSON of a request that its capabilities allow. */
    byte[] body(GenerationRequest request);

    /** A reader of the answer to {@code request}. */
    AnswerReader reader(GenerationRequest request);

    /** What of a request with media the engine cannot give beside them, by the names that clients know; empty for nothing. */
    List<String> missingBesideMedia(GenerationRequest request);

    /** What of a schema the engine would leave out without a word, and where; null where it keeps to all of it or says so. */
    default @Nullable String leftOut(OutputConstraint.JsonSchema schema) {
        return null;
    }

    /** Whether a request may name an adapter. */
    boolean servesAdapters();

    /** The page that says whether the engine lives. */
    String healthPath();

    /** Where it says how busy it is; empty where it says so nowhere. */
    Optional<String> metricsPath();

    /** What its metrics say, if they say it. */
    Optional<LoadSample> load(PrometheusText metrics);
}
