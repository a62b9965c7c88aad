package io.jynamo.runtime.discovery;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileDiscoveryTest extends DiscoveryContract {
    @TempDir
    Path folder;

    @Override
    protected Discovery another() {
        return new FileDiscovery(folder.resolve("entries"), FileDiscovery.TTL);
    }
}
