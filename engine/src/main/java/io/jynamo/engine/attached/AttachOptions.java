package io.jynamo.engine.attached;

import io.jynamo.engine.KvEventSource;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which running engine is joined, and how patiently.
 *
 * @param url where it listens, without {@code /v1}
 * @param model its name there; null where it serves one model only
 * @param apiKey the bearer key it asks for, or null
 * @param connectLimit for one connection
 * @param probeLimit for one question while attaching, and for one of its pages later
 * @param pollInterval how often it is asked for its health and, if somebody wants to know, its load
 * @param silenceLimit between two pieces of a running answer, after which the engine counts as lost
 * @param maxOpen requests that may be open at once; more are refused
 * @param maxEventBytes the longest event of an answer that is read
 * @param card what is known better than by the engine
 * @param granted capabilities that the engine has and does not show, for example {@code PRIORITY} of a vLLM with
 *     {@code --scheduling-policy priority}
 * @param denied capabilities that it shall not be asked for
 * @param kvEvents where its KV events come from
 * @param rank the data-parallel rank that requests go to; null where the server chooses
 */
public record AttachOptions(
        URI url,
        @Nullable String model,
        @Nullable String apiKey,
        Duration connectLimit,
        Duration probeLimit,
        Duration pollInterval,
        Duration silenceLimit,
        int maxOpen,
        int maxEventBytes,
        CardOverrides card,
        Set<Capability> granted,
        Set<Capability> denied,
        KvEventSource kvEvents,
        @Nullable Integer rank) {

    /** Checks all of it and reports every problem at once. */
    public AttachOptions {
        granted = Set.copyOf(granted);
        denied = Set.copyOf(denied);
        List<String> problems = new ArrayList<>();
        String scheme = url.getScheme();
        if (!("http".equals(scheme) || "https".equals(scheme)) || url.getHost() == null) {
            problems.add("the engine's URL must be http://host:port or https://host:port: " + url);
        }
        if (url.getQuery() != null || url.getFragment() != null || url.getUserInfo() != null) {
            problems.add("the engine's URL must have no user, query or fragment");
        }
        positive(problems, "connect limit", connectLimit);
        positive(problems, "probe limit", probeLimit);
        positive(problems, "poll interval", pollInterval);
        positive(problems, "silence limit", silenceLimit);
        if (maxOpen < 1) {
            problems.add("max open requests must be at least 1: " + maxOpen);
        }
        if (maxEventBytes < 1024) {
            problems.add("max event bytes must be at least 1024: " + maxEventBytes);
        }
        if (rank != null && rank < 0) {
            problems.add("the data-parallel rank must not be negative: " + rank);
        }
        if (apiKey != null && !apiKey.chars().allMatch(c -> c > ' ' && c < 127)) {
            problems.add("the API key must be visible ASCII characters");
        }
        if (!problems.isEmpty()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "cannot attach an engine: " + String.join("; ", problems));
        }
    }

    /** Ordinary patience for an engine without a key that serves one model. */
    public static AttachOptions of(URI url) {
        return new AttachOptions(
                url,
                null,
                null,
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofMinutes(2),
                1024,
                16 << 20,
                CardOverrides.NONE,
                Set.of(),
                Set.of(),
                KvEventSource.NONE,
                null);
    }

    public AttachOptions withModel(String name) {
        return with(name, apiKey, card, granted, denied, kvEvents);
    }

    public AttachOptions withApiKey(String key) {
        return with(model, key, card, granted, denied, kvEvents);
    }

    public AttachOptions withCard(CardOverrides overrides) {
        return with(model, apiKey, overrides, granted, denied, kvEvents);
    }

    public AttachOptions withCapabilities(Set<Capability> more, Set<Capability> less) {
        return with(model, apiKey, card, more, less, kvEvents);
    }

    public AttachOptions withKvEvents(KvEventSource source) {
        return with(model, apiKey, card, granted, denied, source);
    }

    /** The same server, of which one data-parallel rank is meant. */
    public AttachOptions withRank(int of) {
        return new AttachOptions(
                url,
                model,
                apiKey,
                connectLimit,
                probeLimit,
                pollInterval,
                silenceLimit,
                maxOpen,
                maxEventBytes,
                card,
                granted,
                denied,
                kvEvents,
                of);
    }

    public AttachOptions withLimits(Duration probe, Duration poll, Duration silence) {
        return new AttachOptions(
                url,
                model,
                apiKey,
                connectLimit,
                probe,
                poll,
                silence,
                maxOpen,
                maxEventBytes,
                card,
                granted,
                denied,
                kvEvents,
                rank);
    }

    public AttachOptions withMaxOpen(int requests) {
        return new AttachOptions(
                url,
                model,
                apiKey,
                connectLimit,
                probeLimit,
                pollInterval,
                silenceLimit,
                requests,
                maxEventBytes,
                card,
                granted,
                denied,
                kvEvents,
                rank);
    }

    private AttachOptions with(
            @Nullable String name,
            @Nullable String key,
            CardOverrides overrides,
            Set<Capability> more,
            Set<Capability> less,
            KvEventSource source) {
        return new AttachOptions(
                url,
                name,
                key,
                connectLimit,
                probeLimit,
                pollInterval,
                silenceLimit,
                maxOpen,
                maxEventBytes,
                overrides,
                more,
                less,
                source,
                rank);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "AttachOptions[" + url + ", model=" + model + ", key " + (apiKey == null ? "absent" : "given") + "]";
    }

    private static void positive(List<String> problems, String name, Duration value) {
        if (!value.isPositive()) {
            problems.add(name + " must be positive: " + value);
        }
    }
}
