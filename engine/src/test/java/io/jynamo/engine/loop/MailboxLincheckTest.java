package io.jynamo.engine.loop;

import io.jynamo.engine.CollectingSink;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In no schedule does the loop's thread sleep over a message, nor a wish get lost: that would be a deadlock here. */
@Tag("interleaving")
class MailboxLincheckTest {
    @Test
    void noMessageLiesWhileItsReaderSleeps() {
        Lincheck.runConcurrentTest(300, MailboxLincheckTest::onePosts);
    }

    @Test
    void noWishIsLost() {
        Lincheck.runConcurrentTest(300, MailboxLincheckTest::twoWish);
    }

    @Test
    @Tag("long")
    void noneIsLostForLong() {
        Lincheck.runConcurrentTest(3_000, MailboxLincheckTest::onePosts);
        Lincheck.runConcurrentTest(3_000, MailboxLincheckTest::twoWish);
    }

    /** Sleeps until it is woken and not a moment less, where Lincheck lets a parked thread go on at any time. */
    private static final class SoundSleeper extends Mailbox {
        private volatile boolean woken;

        @Override
        void park(long nanos) {
            while (!woken) {
                Thread.onSpinWait();
            }
            woken = false;
        }

        @Override
        void unpark(Thread thread) {
            woken = true;
        }
    }

    private static void onePosts() {
        Mailbox mailbox = new SoundSleeper();
        List<@Nullable Object> got = new ArrayList<>();
        Thread reader = new Thread(() -> {
            while (got.isEmpty()) {
                mailbox.await(Long.MAX_VALUE, TimeSource.SYSTEM);
                got.add(mailbox.poll());
            }
        });
        reader.start();
        mailbox.post("a");
        join(reader);
        require(got.equals(List.of("a")));
    }

    /** A request is in the mailbox at most once however much is wished of it, and all of it is seen. */
    private static void twoWish() {
        Mailbox mailbox = new SoundSleeper();
        GenerationRequest spec =
                GenerationRequest.of(new RequestId("r"), TokenIds.of(1), Sampling.GREEDY, Stopping.after(1));
        RunningRequest request = new RunningRequest(spec, 1, new CollectingSink(), null, mailbox);
        int[] granted = new int[1];
        Thread reader = new Thread(() -> {
            while (granted[0] < 7 || !request.isCancelled()) {
                mailbox.await(Long.MAX_VALUE, TimeSource.SYSTEM);
                while (mailbox.poll() instanceof RunningRequest running) {
                    running.taken();
                    granted[0] += running.takeGranted();
                }
            }
        });
        Thread other = new Thread(() -> request.grant(3));
        reader.start();
        other.start();
        request.grant(4);
        request.cancel();
        join(other);
        join(reader);
        require(granted[0] == 7);
    }

    /** AssertJ would be explored too. */
    private static void require(boolean holds) {
        if (!holds) {
            throw new AssertionError();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
