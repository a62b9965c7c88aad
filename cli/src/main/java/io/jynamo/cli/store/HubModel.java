package io.jynamo.cli.store;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint says a repository holds at one commit.
 *
 * @param repository by its present name
 * @param commit 40 hex digits, or the revision asked for where the endpoint does not say
 * @param licence empty where it does not say
 */
record HubModel(String repository, String commit, String licence, List<HubFile> files) {
    HubModel {
        files = List.copyOf(files);
    }

    /**
     * One file of the repository.
     *
     * @param path in the repository
     * @param sizeBytes -1 where the endpoint does not say
     * @param digest null where it does not say
     */
    record HubFile(String path, long sizeBytes, @Nullable Digest digest) {}

    Optional<HubFile> find(String path) {
        return files.stream().filter(f -> f.path().equals(path)).findFirst();
    }
}
