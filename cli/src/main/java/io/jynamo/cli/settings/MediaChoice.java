package io.jynamo.cli.settings;

import java.util.List;

/**
 * What media of requests may take, and where they may come from.
 *
 * @param maxBytes of one
 * @param maxParts of one request
 * @param allowedDomains the only hosts that are asked; all public ones where it is empty
 * @param privateAllowed inner addresses are asked too
 */
public record MediaChoice(long maxBytes, int maxParts, List<String> allowedDomains, boolean privateAllowed) {
    /** As many as usual, of every public host. */
    public static final MediaChoice USUAL = new MediaChoice(20L << 20, 16, List.of(), false);

    public MediaChoice {
        allowedDomains = List.copyOf(allowedDomains);
    }
}
