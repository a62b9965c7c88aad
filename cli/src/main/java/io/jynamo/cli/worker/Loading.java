package io.jynamo.cli.worker;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What loading a model has to do with the process it is loaded in.
 *
 * @param offers of each engine, with its workers announced
 * @param find finds a model's files by what {@code --model} says, pulling them if need be
 * @param group the engine group that a launched engine leads
 */
public record Loading(List<? extends Offers> offers, Function<String, Path> find, Optional<GroupMember> group) {
    public Loading {
        offers = List.copyOf(offers);
    }
}
