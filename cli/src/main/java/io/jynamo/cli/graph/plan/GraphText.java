package io.jynamo.cli.graph.plan;

import java.util.List;

/**
 * A graph's file, unread.
 *
 * @param label what messages call it
 * @param fallbackName the graph's name where the file says none
 * @param overrides {@code ROLE.FLAG=VALUE} each, from the command line
 */
public record GraphText(String label, String fallbackName, String yaml, List<String> overrides) {
    public GraphText {
        overrides = List.copyOf(overrides);
    }
}
