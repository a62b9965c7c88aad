package io.jynamo.text.grammar;

import io.jynamo.protocol.JynamoException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The masks of the constraints that were asked for last, for one vocabulary: requests with equal constraints share all that is found out. For
 * use by many threads; compiling is done outside the lock.
 */
public final class MaskCache {
    private final TokenVocabulary vocabulary;
    private final int maxConstraints;
    private final long maxBytes;
    private final LinkedHashMap<Constraint, TokenMasks> masks = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Keeps at most so many constraints.
     *
     * @param maxBytes what may be remembered for each, about
     */
    public MaskCache(TokenVocabulary vocabulary, int maxConstraints, long maxBytes) {
        this.vocabulary = vocabulary;
        this.maxConstraints = maxConstraints;
        this.maxBytes = maxBytes;
    }

    /**
     * A matcher for a text under the constraint.
     *
     * @throws JynamoException as {@link Constraint#compile} does
     */
    public TokenMatcher matcher(Constraint constraint) {
        var known = find(constraint);
        return (known != null ? known : add(constraint, new TokenMasks(constraint.compile(), vocabulary, maxBytes)))
                .matcher();
    }

    private synchronized @Nullable TokenMasks find(Constraint constraint) {
        return masks.get(constraint);
    }

    private synchronized TokenMasks add(Constraint constraint, TokenMasks made) {
        var first = masks.putIfAbsent(constraint, made);
        if (masks.size() > maxConstraints) {
            Map.Entry<Constraint, TokenMasks> eldest = masks.firstEntry();
            masks.remove(eldest.getKey());
        }
        return first != null ? first : made;
    }
}
