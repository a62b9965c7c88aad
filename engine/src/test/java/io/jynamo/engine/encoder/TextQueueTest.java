package io.jynamo.engine.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.encoder.TextQueue.Item;
import io.jynamo.engine.encoder.TextQueue.Job;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.TokenIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextQueueTest {
    private final TextQueue queue = new TextQueue(10, 8);
    private final List<Job> gone = new ArrayList<>();

    private static Job job(String name, int... lengths) {
        return job(name, 0, lengths);
    }

    private static Job job(String name, int priority, int[] lengths) {
        var texts = IntStream.of(lengths)
                .mapToObj(length -> EmbeddingRequest.Text.of(TokenIds.of(new int[length])))
                .toList();
        var request = new EmbeddingRequest(new RequestId(name), texts, priority, Duration.ofSeconds(1));
        return new Job(request, result -> {}, 100, 1);
    }

    private List<String> next() {
        return next(0).stream()
                .map(item -> item.job().request.id().value() + item.index())
                .toList();
    }

    private List<Item> next(long now) {
        return queue.next(now, gone);
    }

    @Test
    void requestsTakeTurnsTextByText() {
        queue.add(job("big", 3, 3, 3, 3));
        queue.add(job("small", 2));
        assertThat(next()).containsExactly("big0", "small0", "big1");
        assertThat(next()).containsExactly("big2", "big3");
        assertThat(next()).isEmpty();
    }

    @Test
    void aTextLongerThanABatchIsOneAlone() {
        queue.add(job("long", 25));
        queue.add(job("short", 1));
        assertThat(next()).containsExactly("long0");
        assertThat(next()).containsExactly("short0");
    }

    @Test
    void textsOfAllRequestsAreBounded() {
        assertThat(hasRoom(0, 9)).isFalse();
        queue.add(job("a", 1, 1, 1, 1, 1));
        assertThat(hasRoom(0, 3)).isTrue();
        assertThat(hasRoom(0, 4)).isFalse();
        List<Item> batch = next(0);
        batch.forEach(queue::onComputed);
        assertThat(queue.openTexts()).isZero();
        assertThat(queue.waitingTokens()).isZero();
        assertThat(hasRoom(0, 8)).isTrue();
    }

    private boolean hasRoom(int priority, int texts) {
        return queue.hasRoom(
                job("more", priority, IntStream.generate(() -> 1).limit(texts).toArray()).request);
    }

    @Test
    void aHigherPriorityGoesFirstWhateverCameBefore() {
        queue.add(job("last", -1_000, new int[] {3, 3, 3, 3}));
        assertThat(next()).containsExactly("last0", "last1", "last2");
        queue.add(job("plain", 3, 3, 3));
        queue.add(job("urgent", 5, new int[] {4, 4}));
        assertThat(next()).containsExactly("urgent0", "urgent1");
        assertThat(next()).containsExactly("plain0", "plain1", "plain2");
        assertThat(next()).containsExactly("last3");
    }

    @Test
    void whatGivesWayLeavesHalfOfTheRoomToOthers() {
        assertThat(hasRoom(-1, 8)).as("alone it may take all").isTrue();
        queue.add(job("last", -1, new int[] {1, 1, 1}));
        assertThat(hasRoom(-1, 1)).isTrue();
        assertThat(hasRoom(-1, 2)).isFalse();
        assertThat(hasRoom(0, 5)).isTrue();
    }

    @Test
    void aJobIsWholeOnceAllOfItIsComputed() {
        queue.add(job("a", 6, 6));
        Item first = next(0).getFirst();
        assertThat(queue.onComputed(first)).isFalse();
        assertThat(queue.onComputed(next(0).getFirst())).isTrue();
    }

    @Test
    void whoseTimeIsOverOrWhoIsCancelledGoesWithoutBeingComputed() {
        Job late = job("late", 1);
        Job unwanted = job("unwanted", 4, 9);
        queue.add(late);
        queue.add(unwanted);
        assertThat(next(0)).hasSize(2);
        unwanted.cancelled = true;
        Job later = job("later", 1);
        queue.add(later);
        assertThat(next(100)).isEmpty();
        assertThat(gone).containsExactlyInAnyOrder(unwanted, later);
        assertThat(queue.openTexts()).isEqualTo(1);
        assertThat(queue.waitingTokens()).isZero();
        assertThat(queue.end(unwanted)).isFalse();
    }
}
