package io.jynamo.cli.graph.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A role as it was written, before it is compared with what its command takes. */
final class RoleDraft {
    final String name;
    final String where;
    final Map<String, Given> flags = new LinkedHashMap<>();
    final Map<String, Given> environment = new LinkedHashMap<>();
    final List<String> engineFlags = new ArrayList<>();
    Optional<Given> command = Optional.empty();
    Optional<Given> replicas = Optional.empty();

    RoleDraft(String name, String where) {
        this.name = name;
        this.where = where;
    }
}
