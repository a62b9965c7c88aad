package io.jynamo.frontend.generate;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.TokenIds;

/** A prompt as routers get it, to find the worker that has its beginning. */
sealed interface RoutedPrompt permits RoutedPrompt.Plain, SeenPrompt {
    /** Its tokens, those of media marked by their names within the scope. */
    TokenIds within(CacheScope scope);

    /** An engine says how many tokens it had. */
    void onCounted(int promptTokens);

    /** A prompt of words, or with words in place of what is none. */
    record Plain(TokenIds tokens) implements RoutedPrompt {
        @Override
        public TokenIds within(CacheScope scope) {
            return tokens;
        }

        @Override
        public void onCounted(int promptTokens) {}
    }
}
