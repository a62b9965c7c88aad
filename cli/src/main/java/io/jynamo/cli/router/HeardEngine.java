package io.jynamo.cli.router;

import io.jynamo.engine.kvfeed.KnownBlock;
import io.jynamo.engine.kvfeed.KvFeedOptions;
import io.jynamo.engine.kvfeed.ZmqKvEvents;
import io.jynamo.frontend.routing.KvSource;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A rank of an engine whose KV events are heard over ZeroMQ. */
final class HeardEngine implements KvSource {
    private final ZmqKvEvents events;

    private HeardEngine(ZmqKvEvents events) {
        this.events = events;
    }

    static KvSource open(Address address) {
        return new HeardEngine(
                ZmqKvEvents.connect(KvFeedOptions.of(address.endpoint(), address.replay(), address.blockTokens())));
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        return events.subscribe(listener);
    }

    @Override
    public Held held() {
        ZmqKvEvents.Held held = events.held();
        return new Held(held.blocks(), held.names());
    }

    @Override
    public void inherit(List<Known> blocks) {
        events.inherit(blocks.stream()
                .map(block -> new KnownBlock(block.name(), block.parent(), block.local(), block.tier()))
                .toList());
    }

    @Override
    public @Nullable String failure() {
        return events.failure().map(JynamoException::getMessage).orElse(null);
    }

    @Override
    public long duplicates() {
        return events.counts().duplicates();
    }

    @Override
    public long orphans() {
        return events.counts().orphans();
    }

    @Override
    public void close() {
        events.close();
    }
}
