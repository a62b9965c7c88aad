package io.jynamo.frontend.metrics;

import io.jynamo.text.tokenizer.PrefixCachedTokenizer.Counts;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** What the prompt caches before tokenizers have done, by model, read when metrics are. */
record TokenizerCacheMeters(String prefix, PrometheusRegistry registry, Supplier<Map<String, Counts>> counts) {
    void show() {
        total("tokenizer_cache_hits", "Prompt parts whose ids were kept.", Counts::hits);
        total("tokenizer_cache_misses", "Prompt parts that were tokenized.", Counts::misses);
        byModel("tokenizer_cache_cached_tokens", "Tokens not computed again.", Counts::cachedTokens);
        byModel("tokenizer_cache_uncached_tokens", "Tokens computed.", Counts::uncachedTokens);
    }

    private void total(String name, String help, ToLongFunction<Counts> figure) {
        CounterWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .callback(data -> data.call((double)
                        counts.get().values().stream().mapToLong(figure).sum()))
                .register(registry);
    }

    private void byModel(String name, String help, ToLongFunction<Counts> figure) {
        CounterWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .labelNames("model")
                .callback(data ->
                        counts.get().forEach((model, count) -> data.call((double) figure.applyAsLong(count), model)))
                .register(registry);
    }
}
