package io.jynamo.frontend.media;

import io.jynamo.protocol.MediumName;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many tokens media became, as far as engines have told. Bounded: who was not asked for longest is forgotten first. */
public final class MediaRuns {
    private static final int MOST = 1 << 15;

    private record Key(String model, MediumName medium) {}

    private final LinkedHashMap<Key, Integer> counts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Integer> eldest) {
            return size() > MOST;
        }
    };

    /** Those of one model. */
    public OfModel of(String model) {
        return new OfModel(model);
    }

    /** What one model's engines make of media. */
    public final class OfModel {
        private final String model;

        private OfModel(String model) {
            this.model = model;
        }

        /** Tokens that it became; 0 where nobody knows. */
        public int find(MediumName medium) {
            synchronized (counts) {
                return counts.getOrDefault(new Key(model, medium), 0);
            }
        }

        public void learn(MediumName medium, int tokens) {
            synchronized (counts) {
                counts.put(new Key(model, medium), tokens);
            }
        }

        /** What was learned of it is not so. */
        public void forget(MediumName medium) {
            synchronized (counts) {
                counts.remove(new Key(model, medium));
            }
        }
    }
}
