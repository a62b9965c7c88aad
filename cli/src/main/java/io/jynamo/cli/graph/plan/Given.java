package io.jynamo.cli.graph.plan;

import java.util.List;

/**
 * What somebody wrote for a key, and where.
 *
 * @param where for messages, for example {@code agg.yaml line 7}
 */
record Given(List<String> values, String where) {
    Given {
        values = List.copyOf(values);
    }
}
