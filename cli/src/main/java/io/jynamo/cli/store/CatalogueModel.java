package io.jynamo.cli.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model that can be had out of packages, with everything that is checked about it.
 *
 * @param about one line for people
 * @param licence of the weights
 * @param terms shown, and to be accepted, before the pull; null where the licence asks for nothing
 * @param packages in the order in which their parts make up the file
 * @param file the model's file
 * @param sizeBytes of that file
 * @param sha256 of that file, hex
 */
public record CatalogueModel(
        String alias,
        String about,
        String licence,
        @Nullable String terms,
        List<Part> packages,
        String file,
        long sizeBytes,
        String sha256) {
    public CatalogueModel {
        packages = List.copyOf(packages);
    }

    /**
     * A pinned package, and what of it is the model's.
     *
     * @param name of the package
     * @param member the path inside the archive that is one part of the file; a path that ends in a slash is a folder, whose files are
     *     the model
     * @param sizeBytes of the archive
     * @param sha256 of the archive, hex
     */
    public record Part(String name, String version, String member, long sizeBytes, String sha256) {
        /** What pip calls the archive. */
        String archive() {
            return name.replace('-', '_') + "-" + version + "-py3-none-any.whl";
        }

        boolean isFolder() {
            return member.endsWith("/");
        }
    }
}
