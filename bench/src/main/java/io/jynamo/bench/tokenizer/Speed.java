package io.jynamo.bench.tokenizer;

/**
 * What one engine did with the text.
 *
 * @param first megabytes for one CPU second on the first pass, caches of words empty
 * @param best the same on the best pass
 * @param tokens how many ids the text has
 * @param note what else is known, or empty
 */
record Speed(String engine, double first, double best, long tokens, String note) {}
