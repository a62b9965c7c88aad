package io.jynamo.frontend.media;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What media may take, and where they may come from.
 *
 * @param maxBytes of one of them
 * @param maxParts of one request
 * @param maxRequestBytes of one request together: what fits a frame to a worker in another process
 * @param maxHeldBytes of all requests together, and of those that are kept for others
 * @param fetchTime in which one of them must have come, redirects included
 * @param maxFetches at one time; others wait for them
 * @param allowedDomains the only hosts that are asked, each by its whole name as vLLM has it; all public ones where it is empty
 * @param privateAllowed addresses of this machine and its network are asked too, on any port: for tests and laboratories
 */
public record MediaLimits(
        long maxBytes,
        int maxParts,
        long maxRequestBytes,
        long maxHeldBytes,
        Duration fetchTime,
        int maxFetches,
        List<String> allowedDomains,
        boolean privateAllowed) {
    /** For one machine. */
    public static final MediaLimits DEFAULT = new MediaLimits(
            20L << 20,
            16,
            48L << 20,
            Math.max(96L << 20, Runtime.getRuntime().maxMemory() / 8),
            Duration.ofSeconds(10),
            64,
            List.of(),
            false);

    public MediaLimits {
        allowedDomains =
                allowedDomains.stream().map(MediaLimits::domain).distinct().toList();
        if (maxBytes < 1 || maxParts < 0 || maxRequestBytes < 1 || maxHeldBytes < 1 || maxFetches < 1) {
            throw new IllegalArgumentException("limits of media must be positive");
        }
        if (!fetchTime.isPositive()) {
            throw new IllegalArgumentException("media need time to be fetched: " + fetchTime);
        }
    }

    private static String domain(String given) {
        String domain = given.strip().toLowerCase(Locale.ROOT);
        if (domain.isEmpty() || domain.contains("/") || domain.contains(":") || domain.contains("*")) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "--allowed-media-domains: '" + given
                            + "' is no host; give whole names such as upload.wikimedia.org");
        }
        return domain;
    }

    /** The same with what an operator chooses. */
    public MediaLimits with(long bytes, int parts, List<String> domains, boolean privates) {
        return new MediaLimits(bytes, parts, maxRequestBytes, maxHeldBytes, fetchTime, maxFetches, domains, privates);
    }

    /** The same with other patience. */
    public MediaLimits withFetchTime(Duration time) {
        return new MediaLimits(
                maxBytes, maxParts, maxRequestBytes, maxHeldBytes, time, maxFetches, allowedDomains, privateAllowed);
    }

    /** Of fetched media that are kept for others. */
    long maxKeptBytes() {
        return maxHeldBytes / 8;
    }

    boolean allows(String host) {
        return allowedDomains.isEmpty() || allowedDomains.contains(host);
    }
}
