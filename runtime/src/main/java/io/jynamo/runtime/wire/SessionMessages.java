package io.jynamo.runtime.wire;

import io.jynamo.protocol.SessionNews;
import io.jynamo.runtime.wire.v1.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Which sessions a worker was given, on the wire. */
public final class SessionMessages {
    /** In one frame. */
    public static final int MOST = 4_096;

    private SessionMessages() {}

    public static Sessions message(List<SessionNews> news) {
        Sessions.Builder told = Sessions.newBuilder();
        for (SessionNews one : news) {
            told.addKeys(one.session());
            long millis = TimeUnit.NANOSECONDS.toMillis(one.ageNanos());
            told.addAges(Math.clamp(millis, 0, Integer.MAX_VALUE));
        }
        return told.build();
    }

    /** One of which no age is told is of this moment; more than {@link #MOST} are not looked at. */
    public static List<SessionNews> news(Sessions told) {
        List<SessionNews> news = new ArrayList<>();
        for (int i = 0; i < Math.min(MOST, told.getKeysCount()); i++) {
            long millis = i < told.getAgesCount() ? Integer.toUnsignedLong(told.getAges(i)) : 0;
            news.add(new SessionNews(told.getKeys(i), TimeUnit.MILLISECONDS.toNanos(millis)));
        }
        return news;
    }
}
