package io.jynamo.runtime.session;

import io.jynamo.protocol.OthersLoad;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What each session has given one worker. The worker is where callers meet, so it tells each what the others gave, and
 * they need not know of one another. Any thread; a share is written by its own session alone.
 */
final class LoadShares {
    private final List<Share> shares = new CopyOnWriteArrayList<>();

    /** One session's part, as plain sums of what it has open. */
    final class Share {
        private final Runnable onOthers;
        /** Cached prompt tokens counted too: only the engine knows them. */
        private volatile OthersLoad given = OthersLoad.NONE;

        private Share(Runnable onOthers) {
            this.onOthers = onOthers;
        }

        /** Adds to the sums, all of it at once as far as others can tell. */
        void add(int moreRequests, long moreTokens, long moreBlocks) {
            OthersLoad before = given;
            given = new OthersLoad(
                    before.requests() + moreRequests,
                    before.prefillTokens() + moreTokens,
                    before.blocks() + moreBlocks);
            tellOthers(this);
        }

        /** It gave the worker something that others want to know of. */
        void changed() {
            tellOthers(this);
        }

        /** The session is over. */
        void leave() {
            if (shares.remove(this)) {
                tellOthers(this);
            }
        }

        /**
         * What all others have given.
         *
         * @param waitingPrefillTokens what the engine has to compute in all, cached tokens not counted; it is laid to
         *     callers by the prompts they sent
         */
        OthersLoad others(long waitingPrefillTokens) {
            int otherRequests = 0;
            long otherTokens = 0;
            long otherBlocks = 0;
            for (Share share : shares) {
                if (share != this) {
                    OthersLoad one = share.given;
                    otherRequests += one.requests();
                    otherTokens += one.prefillTokens();
                    otherBlocks += one.blocks();
                }
            }
            long all = otherTokens + given.prefillTokens();
            long tokens = all == 0 ? 0 : Math.min(otherTokens, waitingPrefillTokens * otherTokens / all);
            return new OthersLoad(otherRequests, tokens, otherBlocks);
        }
    }

    /** A session begins; {@code onOthers} is told, on any thread, that what others gave has changed. */
    Share join(Runnable onOthers) {
        Share share = new Share(onOthers);
        shares.add(share);
        return share;
    }

    private void tellOthers(Share changed) {
        for (Share share : shares) {
            if (share != changed) {
                share.onOthers.run();
            }
        }
    }
}
