package io.jynamo.cli.worker;

import java.util.List;
import java.util.Optional;

/** The flags that go to a launched engine as they are, for what has to be known of them here. Pure. */
record EngineFlags(List<String> all) {
    EngineFlags {
        all = List.copyOf(all);
    }

    /** Whether one of the names is there, with its value beside it or behind an equals sign. */
    boolean has(String... names) {
        return List.of(names).stream()
                .anyMatch(name -> all.stream().anyMatch(flag -> flag.equals(name) || flag.startsWith(name + "=")));
    }

    /** The last value of any of the names. */
    Optional<String> value(String... names) {
        String found = null;
        for (int i = 0; i < all.size(); i++) {
            for (String name : names) {
                if (all.get(i).startsWith(name + "=")) {
                    found = all.get(i).substring(name.length() + 1);
                } else if (all.get(i).equals(name) && i + 1 < all.size()) {
                    found = all.get(i + 1);
                }
            }
        }
        return Optional.ofNullable(found);
    }
}
