package io.jynamo.protocol;

import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * A worker's word that it was lately given a request of a session, by somebody else: whoever routes by sessions gives it
 * the next one too.
 *
 * @param session its {@link #key}
 * @param ageNanos how long ago that was, when it was told
 */
public record SessionNews(long session, long ageNanos) {
    /** The number by which processes tell each other of a session: XXH3-64 of its name. */
    public static long key(String session) {
        return Hashing.xxh3_64().hashBytesToLong(session.getBytes(StandardCharsets.UTF_8));
    }
}
