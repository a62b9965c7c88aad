/**
 * Structured output: constraints on what a model may write, as masks over its vocabulary. {@link io.jynamo.text.grammar.Constraint} says what
 * is asked, {@link io.jynamo.text.grammar.CompiledGrammar} is its automaton, {@link io.jynamo.text.grammar.TokenMasks} binds one to a {@link
 * io.jynamo.text.grammar.TokenVocabulary}, and a {@link io.jynamo.text.grammar.TokenMatcher} follows one text.
 *
 * <p>How it works: a grammar is a set of rules, each an automaton whose edges are bytes or calls of other rules. A {@code Configuration} is
 * where a text can be in it: a set of threads, each a node and the {@code Frame}s it returns to. Configurations are interned and their
 * transitions remembered, which makes of the pushdown automaton a deterministic one as far as texts have led. Threads do not influence one
 * another, so a mask is the union of its threads' masks. A thread's mask has a part that depends on its node alone, {@code LocalMask}, got by
 * walking the vocabulary's trie once, and a part behind the rule's end, for which only the tokens that cross that end are walked on, from
 * where they crossed it. Rules that all grammars share, such as a JSON string, have local masks that belong to the vocabulary.
 *
 * <p>Pure, and safe for use by many threads but for {@code TokenMatcher}, which belongs to one text.
 */
@NullMarked
package io.jynamo.text.grammar;

import org.jspecify.annotations.NullMarked;
