package io.jynamo.runtime.session;

import io.jynamo.protocol.SessionNews;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Which sessions' requests one worker was given last, and by whom: the {@value #MOST} heard of last. The worker is where
 * callers meet, so it tells each what the others gave it ({@link LoadShares}). Any thread.
 */
final class SessionMarks {
    static final int MOST = 16_384;

    /** The one heard of longest ago first, hence with the lowest number. */
    private final SequencedMap<Long, Mark> marks = new LinkedHashMap<>();

    private long last;

    private record Mark(long number, LoadShares.Share by, long nanos) {}

    /** What was told so far, and what is told next. */
    record News(long upTo, List<SessionNews> sessions) {}

    /** A caller gave the worker a request of the session. */
    synchronized void mark(long session, LoadShares.Share by, long nowNanos) {
        marks.putLast(session, new Mark(++last, by, nowNanos));
        if (marks.size() > MOST) {
            marks.pollFirstEntry();
        }
    }

    /**
     * What others than the caller gave since it was told up to a number, the oldest first.
     *
     * @param most sessions; of more the newest
     */
    synchronized News since(long number, LoadShares.Share caller, int most, long nowNanos) {
        List<SessionNews> news = new ArrayList<>();
        for (var entry : marks.reversed().entrySet()) {
            Mark mark = entry.getValue();
            if (mark.number <= number || news.size() == most) {
                break;
            }
            if (!mark.by.equals(caller)) {
                news.add(new SessionNews(entry.getKey(), nowNanos - mark.nanos));
            }
        }
        Collections.reverse(news);
        return new News(last, news);
    }
}
