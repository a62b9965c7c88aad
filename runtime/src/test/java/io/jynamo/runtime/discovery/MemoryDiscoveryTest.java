package io.jynamo.runtime.discovery;

class MemoryDiscoveryTest extends DiscoveryContract {
    private final MemoryStore store = new MemoryStore();

    @Override
    protected Discovery another() {
        return new MemoryDiscovery(store);
    }
}
