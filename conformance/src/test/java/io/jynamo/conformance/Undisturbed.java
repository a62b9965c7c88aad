package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.conformance.ObservedStream.Content;
import io.jynamo.conformance.ObservedStream.Ending;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each of {@link LoadMix}'s requests gives when nothing happens, and how long its gaps are then. */
final class Undisturbed {
    private static @Nullable Undisturbed known;

    private final Map<Integer, Content> contents;
    private final Spread gaps;

    private Undisturbed(Map<Integer, Content> contents, Spread gaps) {
        this.contents = contents;
        this.gaps = gaps;
    }

    /** Warms a fleet up with the load and, the first time, learns of it what is undisturbed: it is the same for all. */
    static synchronized Undisturbed learn(URI frontend, int clients, int streams) {
        try (var warm = new ClosedLoop(clients, () -> frontend)) {
            warm.awaitMore(LoadMix.REQUESTS + clients); // the first streams of a new process are slow
            warm.stop();
        }
        Undisturbed learnt = known == null ? measure(frontend, clients, streams) : known;
        known = learnt;
        return learnt;
    }

    /** Runs the load for so many streams; all answers to one request must be the same. */
    private static Undisturbed measure(URI frontend, int clients, int streams) {
        List<ObservedStream> seen;
        try (var loop = new ClosedLoop(clients, () -> frontend)) {
            loop.awaitMore(streams);
            seen = loop.stop();
        }
        Map<Integer, Content> contents = new HashMap<>();
        for (ObservedStream stream : seen) {
            assertThat(stream.ending()).as(stream.detail()).isEqualTo(Ending.COMPLETE);
            Content before = contents.putIfAbsent(stream.request(), stream.content());
            if (before != null) {
                assertThat(stream.content()).as("request %s", stream.request()).isEqualTo(before);
            }
        }
        assertThat(contents).hasSize(LoadMix.REQUESTS);
        assertThat(contents.values().stream().flatMap(content -> content.finishes().values().stream()))
                .as("finishes")
                .contains("length", "stop");
        List<Long> gaps =
                seen.stream().map(stream -> stream.longestGap().nanos()).toList();
        return new Undisturbed(contents, Spread.ofNanos(gaps));
    }

    Content content(int request) {
        Content content = contents.get(request);
        if (content == null) {
            throw new IllegalArgumentException("no request " + request);
        }
        return content;
    }

    Spread gaps() {
        return gaps;
    }
}
