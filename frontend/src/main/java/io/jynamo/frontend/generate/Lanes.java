package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.RequestBody;
import java.util.concurrent.Executor;

/**
 * The threads on which requests are prepared. Those with a huge body take turns in a lane of their own: all others are prepared beside them, and
 * the several copies of a body that preparing makes exist once, however many come together.
 *
 * @param ordinary for all others
 * @param huge one after the other; both reject when too many wait
 */
public record Lanes(Executor ordinary, HugeLane huge) {
    /** Prepares a request with such a body where it belongs. */
    void execute(RequestBody body, Runnable work) {
        if (body.isHuge()) {
            huge.execute(work, body.count());
        } else {
            ordinary.execute(work);
        }
    }
}
