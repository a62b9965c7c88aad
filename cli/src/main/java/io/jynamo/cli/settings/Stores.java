package io.jynamo.cli.settings;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.discovery.DiscoverySpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Opens the store that a fleet's workers are announced in. */
public final class Stores {
    private Stores() {}

    /**
     * The store a fleet was told to use.
     *
     * @throws JynamoException INVALID_CONFIGURATION for one that is none
     */
    public static Discovery open(FleetOptions fleet) {
        return DiscoverySpec.parse(fleet.discovery().equals("file") ? "file:" + ownFolder() : fleet.discovery())
                .open();
    }

    /** This user's, on this machine, and nobody else's: who can write there can announce workers. */
    private static Path ownFolder() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        String user = System.getProperty("user.name");
        Path folder = runtime == null || runtime.isEmpty()
                ? Path.of(System.getProperty("java.io.tmpdir"), "jynamo-" + user)
                : Path.of(runtime, "jynamo");
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            if (!Files.getOwner(folder).getName().equals(user)) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION,
                        folder + " belongs to " + Files.getOwner(folder).getName()
                                + ", who could announce workers to you; give --discovery file:FOLDER");
            }
            return folder.resolve("discovery");
        } catch (IOException | UnsupportedOperationException unusable) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    folder + " cannot be used to announce workers: " + unusable.getMessage()
                            + "; give --discovery file:FOLDER",
                    unusable);
        }
    }
}
