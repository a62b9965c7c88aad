/**
 * Grammars as automata over bytes. {@link io.jynamo.text.grammar.automaton.Expression} is what the languages of constraints are translated
 * to; {@link io.jynamo.text.grammar.automaton.RuleCompiler} makes of each {@link io.jynamo.text.grammar.automaton.Rule} a graph of
 * {@link io.jynamo.text.grammar.automaton.Node}s whose edges are bytes or calls of other rules. Pure.
 */
@NullMarked
package io.jynamo.text.grammar.automaton;

import org.jspecify.annotations.NullMarked;
