package io.jynamo.text.grammar;

import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Refusal;
import io.jynamo.text.grammar.schema.Json;
import io.jynamo.text.grammar.schema.JsonSchemas;
import io.jynamo.text.grammar.syntax.Ebnf;
import io.jynamo.text.grammar.syntax.RegularExpression;
import java.util.List;
import java.util.Map;

/** What a model's answer must look like, as a request asks for it. A value: equal ones compile to the same grammar. */
public sealed interface Constraint {
    /** White space between the parts of a JSON value. Around the value there is none. */
    enum WhiteSpace {
        /** None. */
        COMPACT,
        /** Up to 40 blanks, tabs and line ends wherever JSON allows them. */
        FLEXIBLE;

        static WhiteSpace of(boolean compact) {
            return compact ? COMPACT : FLEXIBLE;
        }
    }

    /** Any JSON object: {@code response_format} of type {@code json_object}. */
    record JsonObject(WhiteSpace whiteSpace) implements Constraint {}

    /**
     * Instances of a JSON Schema (2020-12 or draft-07): {@code guided_json}, and {@code response_format} of type {@code json_schema}.
     *
     * @param schema a map, or a Boolean, of what a JSON parser gives
     * @param strict as OpenAI's strict mode: where a schema with properties does not say {@code additionalProperties} there are none
     */
    record JsonSchema(Object schema, boolean strict, WhiteSpace whiteSpace) implements Constraint {
        public JsonSchema {
            if (schema instanceof Map<?, ?> map) {
                schema = JsonSchemas.copy(map);
            }
        }
    }

    /** Texts that a regular expression of Python matches as a whole: {@code guided_regex}. */
    record Regex(String regex) implements Constraint {}

    /** One of several texts: {@code guided_choice}. */
    record Choice(List<String> choices) implements Constraint {
        public Choice {
            choices = List.copyOf(choices);
        }
    }

    /** Texts of an EBNF grammar's rule {@code root}: {@code guided_grammar}. */
    record Grammar(String ebnf) implements Constraint {}

    /** Calls of tools in a model's markup, their arguments as JSON of a schema each: a {@code tool_choice} that forces a call. */
    record Calls(OutputConstraint.Calls calls) implements Constraint {}

    /** An answer after reasoning that is free. */
    record AfterThinking(OutputConstraint.Thinking thinking, Constraint answer) implements Constraint {}

    /**
     * What a request asks for.
     *
     * @throws JynamoException INVALID_REQUEST where its schema is no JSON
     */
    static Constraint of(OutputConstraint output) {
        Constraint answer = switch (output.form()) {
            case OutputConstraint.JsonObject(boolean compact) -> new JsonObject(WhiteSpace.of(compact));
            case OutputConstraint.JsonSchema(String schema, boolean strict, boolean compact) ->
                new JsonSchema(SchemaText.parse(schema), strict, WhiteSpace.of(compact));
            case OutputConstraint.Regex(String regex) -> new Regex(regex);
            case OutputConstraint.OneOf(List<String> texts) -> new Choice(texts);
            case OutputConstraint.Grammar(String ebnf) -> new Grammar(ebnf);
            case OutputConstraint.Calls calls -> new Calls(calls);
        };
        return output.thinking().isNone() ? answer : new AfterThinking(output.thinking(), answer);
    }

    /**
     * The constraint as an automaton.
     *
     * @throws JynamoException INVALID_REQUEST where it is wrong or larger than the limits, UNSUPPORTED_PARAMETER where it asks for what is not
     *     built; the message names the keyword or construct, and where it stands
     */
    default CompiledGrammar compile() {
        try {
            return CompiledGrammar.of(expression());
        } catch (StackOverflowError e) {
            throw Refusal.invalid("the constraint nests too deep");
        }
    }

    private Expression expression() {
        return switch (this) {
            case JsonObject(WhiteSpace space) -> Json.anyObject(space == WhiteSpace.COMPACT);
            case JsonSchema schema ->
                JsonSchemas.expression(schema.schema(), schema.strict(), schema.whiteSpace() == WhiteSpace.COMPACT);
            case Regex(String regex) -> RegularExpression.fullMatch(regex);
            case Choice(List<String> choices) ->
                Expression.choice(choices.stream().map(Expression::literal).toList());
            case Grammar(String ebnf) -> Ebnf.parse(ebnf);
            case Calls(OutputConstraint.Calls calls) ->
                Markup.calls(
                        calls,
                        call -> JsonSchemas.expression(SchemaText.parse(call.arguments()), call.strict(), false));
            case AfterThinking(OutputConstraint.Thinking thinking, Constraint answer) ->
                Markup.afterThinking(thinking, answer.expression());
        };
    }
}
