package io.jynamo.engine.attached;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a server still serves the model that it was joined for. Another may come up under the same URL, and some
 * servers answer for whatever they have, whichever model a request names. It is looked at every few polls, and always
 * before one that was out of reach is used again.
 */
final class ModelWatch {
    /** With a poll each second, a look every five. */
    private static final int POLLS = 5;

    private final ServedModel.Identity joined;
    private int polls;
    private volatile boolean suspected;
    private volatile Set<String> adapters;

    /** @param served what it served when it was joined */
    ModelWatch(ServedModel served) {
        this.joined = served.identity();
        this.adapters = served.adapters();
    }

    /** The adapters that it had when it was last looked at. */
    Set<String> adapters() {
        return adapters;
    }

    ServedModel.Identity joined() {
        return joined;
    }

    /** Something was seen that a server with another model would do. */
    void suspect() {
        suspected = true;
    }

    /**
     * Whether to look at this poll.
     *
     * @param well whether the engine was in reach before it and is so now
     */
    boolean isDue(boolean well) {
        return ++polls >= POLLS || suspected || !well;
    }

    /**
     * Looks at what is served now.
     *
     * @return what is served instead, in words; empty where it is the same
     * @throws io.jynamo.protocol.JynamoException where the server does not say
     */
    Optional<String> look(EngineHttp http, AttachOptions options) {
        List<ServedModel> models = ServedModel.list(http, options);
        polls = 0;
        suspected = false;
        Optional<ServedModel> same =
                models.stream().filter(model -> model.identity().equals(joined)).findFirst();
        if (same.isPresent() || models.isEmpty()) {
            adapters = same.map(ServedModel::adapters).orElse(adapters);
            return Optional.empty();
        }
        return Optional.of(
                models.stream().map(model -> model.identity().toString()).collect(Collectors.joining(", "))
                        + " and no longer " + joined);
    }
}
