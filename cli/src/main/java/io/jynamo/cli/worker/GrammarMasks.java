package io.jynamo.cli.worker;

import io.jynamo.engine.OutputMasks;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.grammar.Constraint;
import io.jynamo.text.grammar.MaskCache;
import io.jynamo.text.grammar.TokenMatcher;
import io.jynamo.text.grammar.TokenVocabulary;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The masks that the grammars of the text room give, for the workers of one model. Its vocabulary is prepared when the first request asks for it. */
final class GrammarMasks implements OutputMasks {
    /** Kept for requests with the same; an eighth of the heap that a process has by default. */
    private static final int CONSTRAINTS = 8;

    private static final long CONSTRAINT_BYTES = 16L << 20;

    private final Supplier<Tokenizer> tokenizer;
    private final Set<Integer> eosTokenIds;
    private @Nullable MaskCache cache;

    GrammarMasks(Supplier<Tokenizer> tokenizer, Set<Integer> eosTokenIds) {
        this.tokenizer = tokenizer;
        this.eosTokenIds = Set.copyOf(eosTokenIds);
    }

    /** The first masks are made here, where nobody waits for them. */
    @Override
    public Compiled compile(OutputConstraint constraint) {
        TokenMatcher start = cache().matcher(Constraint.of(constraint));
        start.mask(new long[start.maskLength()]);
        return () -> new Held(start.copy());
    }

    private synchronized MaskCache cache() {
        MaskCache known = cache;
        if (known == null) {
            Tokenizer all = tokenizer.get();
            int[] ends = eosTokenIds.stream()
                    .mapToInt(Integer::intValue)
                    .filter(id -> id < all.vocabularySize())
                    .toArray();
            known = new MaskCache(TokenVocabulary.of(all, ends), CONSTRAINTS, CONSTRAINT_BYTES);
            cache = known;
        }
        return known;
    }

    private record Held(TokenMatcher matcher) implements Text {
        @Override
        public void mask(long[] bits) {
            matcher.mask(bits);
        }

        @Override
        public boolean accept(int token) {
            return matcher.accept(token);
        }

        @Override
        public boolean isWhole() {
            return matcher.isComplete();
        }
    }
}
