package io.jynamo.frontend.generate;

import io.jynamo.frontend.media.MediaRuns;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediumName;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.TokenIds;
import io.jynamo.text.template.MediaTokens;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A prompt with media as its engine computes it: each as many tokens as it became before. Of one that nobody has asked for yet a single token
 * is assumed, so that nothing is found behind it; the engine's count of the whole prompt says how many it was where it is the only such.
 */
final class SeenPrompt implements RoutedPrompt {
    /** A medium and the index of the token that the template wrote for it. */
    private record Place(int index, MediumName name) {}

    private final int[] ids;
    private final List<Place> places;
    private final MediaRuns.OfModel runs;

    private SeenPrompt(int[] ids, List<Place> places, MediaRuns.OfModel runs) {
        this.ids = ids;
        this.places = places;
        this.runs = runs;
    }

    /**
     * The prompt, or null where the template did not write one token for each medium.
     *
     * @param ids of the rendered conversation; not changed by anybody later
     * @param media in the order of its parts
     */
    static @Nullable SeenPrompt find(int[] ids, List<Media> media, MediaTokens tokens, MediaRuns.OfModel runs) {
        List<Place> places = new ArrayList<>();
        for (Map.Entry<Modality, Integer> one : tokens.ids().entrySet()) {
            Modality modality = one.getKey();
            int token = one.getValue();
            List<Media> its =
                    media.stream().filter(each -> each.modality() == modality).toList();
            int[] written =
                    IntStream.range(0, ids.length).filter(i -> ids[i] == token).toArray();
            if (written.length != its.size()) {
                return null;
            }
            for (int i = 0; i < written.length; i++) {
                places.add(new Place(written[i], MediumName.of(its.get(i))));
            }
        }
        if (places.size() != media.size()) {
            return null;
        }
        places.sort(Comparator.comparingInt(Place::index));
        return new SeenPrompt(ids, places, runs);
    }

    @Override
    public TokenIds within(CacheScope scope) {
        int[] counts = new int[places.size()];
        int all = ids.length - places.size();
        for (int i = 0; i < counts.length; i++) {
            counts[i] = Math.max(1, runs.find(places.get(i).name()));
            all += counts[i];
        }
        int[] tokens = new int[all];
        int from = 0;
        int to = 0;
        for (int i = 0; i < counts.length; i++) {
            Place place = places.get(i);
            System.arraycopy(ids, from, tokens, to, place.index() - from);
            to += place.index() - from;
            MediumName.mark(tokens, to, to + counts[i], place.name().within(scope.salt()), 0);
            to += counts[i];
            from = place.index() + 1;
        }
        System.arraycopy(ids, from, tokens, to, ids.length - from);
        return TokenIds.of(tokens);
    }

    @Override
    public void onCounted(int promptTokens) {
        long left = (long) promptTokens - (ids.length - places.size());
        Map<MediumName, Integer> unknown = new HashMap<>();
        for (Place place : places) {
            int known = runs.find(place.name());
            left -= known;
            if (known == 0) {
                unknown.merge(place.name(), 1, Integer::sum);
            }
        }
        if (unknown.size() == 1) {
            Map.Entry<MediumName, Integer> one = unknown.entrySet().iterator().next();
            if (left > 0 && left % one.getValue() == 0) {
                runs.learn(one.getKey(), (int) (left / one.getValue()));
            }
        } else if (unknown.isEmpty() && left != 0) {
            places.forEach(place -> runs.forget(place.name()));
        }
    }
}
