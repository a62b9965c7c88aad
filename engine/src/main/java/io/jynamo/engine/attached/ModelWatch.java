package io.jynamo.engine.attached;

import java.util.List;
import java.util.Optional;
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

    ModelWatch(ServedModel.Identity joined) {
        this.joined = joined;
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
        if (models.isEmpty()
                || models.stream().anyMatch(model -> model.identity().equals(joined))) {
            return Optional.empty();
        }
        return Optional.of(
                models.stream().map(model -> model.identity().toString()).collect(Collectors.joining(", "))
                        + " and no longer " + joined);
    }
}
