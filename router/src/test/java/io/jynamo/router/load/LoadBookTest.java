package io.jynamo.router.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.router.Placement.Booking;
import io.jynamo.router.load.LoadBook.Balance;
import io.jynamo.router.load.LoadBook.Load;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoadBookTest {
    private long now;
    private final LoadBook book = new LoadBook(16, () -> now);

    @Test
    void followsARequestFromChoiceToEnd() {
        Booking booking = book.book(new Load(new long[] {1, 2}, 40, 16, 1));
        assertThat(book.balance()).isEqualTo(new Balance(1, 24, 3));
        booking.onPrefilled();
        assertThat(book.balance()).isEqualTo(new Balance(1, 0, 3));
        booking.onTokens(8);
        assertThat(book.balance().blocks()).isEqualTo(3);
        booking.onTokens(1);
        assertThat(book.balance().blocks()).isEqualTo(4);
        booking.release();
        assertThat(book.balance()).isEqualTo(Balance.EMPTY);
    }

    @Test
    void countsASharedBlockOnce() {
        Booking first = book.book(new Load(new long[] {1, 2, 3}, 48, 0, 1));
        assertThat(book.sharedBlocks(new long[] {1, 2, 9})).isEqualTo(2);
        Booking second = book.book(new Load(new long[] {1, 2, 9}, 48, 32, 1));
        assertThat(book.balance()).isEqualTo(new Balance(2, 64, 4));
        first.release();
        assertThat(book.balance()).isEqualTo(new Balance(1, 16, 3));
        second.release();
        assertThat(book.balance()).isEqualTo(Balance.EMPTY);
    }

    @Test
    void everyChoiceCountsAsARequest() {
        book.book(new Load(new long[0], 5, 0, 4));
        assertThat(book.balance().requests()).isEqualTo(4);
    }

    @Test
    void nothingCountsAfterTheRelease() {
        Booking booking = book.book(new Load(new long[] {1}, 16, 0, 1));
        booking.release();
        booking.release();
        booking.onPrefilled();
        booking.onTokens(1_000);
        booking.onTokens(-5);
        assertThat(book.balance()).isEqualTo(Balance.EMPTY);
    }

    @Test
    void leaksNothingOverRandomLivesOnManyThreads() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                var random = new SplittableRandom(i);
                running.add(threads.submit(() -> live(random)));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        assertThat(book.balance()).isEqualTo(Balance.EMPTY);
    }

    /** One request whose events come from two threads at once, in any order, some of them twice. */
    private void live(SplittableRandom random) {
        long[] sequences = random.longs(random.nextInt(20), 0, 30).distinct().toArray();
        int prompt = sequences.length * 16 + random.nextInt(16) + 1;
        Booking booking = book.book(new Load(sequences, prompt, random.nextInt(prompt + 20), 1 + random.nextInt(3)));
        long seed = random.nextLong();
        Thread other = Thread.startVirtualThread(() -> events(booking, new SplittableRandom(seed)));
        events(booking, random);
        booking.release();
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void events(Booking booking, SplittableRandom random) {
        for (int i = random.nextInt(30); i > 0; i--) {
            switch (random.nextInt(6)) {
                case 0 -> booking.onPrefilled();
                case 1 -> booking.release();
                default -> booking.onTokens(random.nextInt(40));
            }
        }
    }

    @Test
    void saysWhenTheNextBookingIsLikelyToEnd() {
        List<Booking> bookings = Stream.generate(() -> book.book(new Load(new long[0], 5, 0, 1)))
                .limit(4)
                .toList();
        assertThat(book.untilNext()).isNull();
        for (int i = 0; i < 3; i++) {
            now += 200;
            bookings.get(i).release();
            bookings.get(i).release();
        }
        assertThat(book.untilNext()).isEqualTo(Duration.ofNanos(200));
        now += 900;
        assertThat(book.untilNext()).isEqualTo(Duration.ofNanos(900));
    }
}
