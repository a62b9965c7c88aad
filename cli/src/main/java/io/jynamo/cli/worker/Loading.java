package io.jynamo.cli.worker;

import io.jynamo.protocol.WorkerId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What loading a model has to do with the process it is loaded in.
 *
 * @param ids who its workers are
 * @param find finds a model's files by what {@code --model} says, pulling them if need be
 * @param progress is told how far an engine is that is launched; must not block
 * @param group the engine group that a launched engine leads
 */
public record Loading(
        List<WorkerId> ids, Function<String, Path> find, Consumer<String> progress, Optional<GroupMember> group) {
    public Loading {
        ids = List.copyOf(ids);
    }
}
