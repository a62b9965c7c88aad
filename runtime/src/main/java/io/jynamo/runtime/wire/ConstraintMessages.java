package io.jynamo.runtime.wire;

import io.jynamo.protocol.OutputConstraint;
import io.jynamo.runtime.wire.v1.Call;
import io.jynamo.runtime.wire.v1.Calls;
import io.jynamo.runtime.wire.v1.Constraint;
import io.jynamo.runtime.wire.v1.JsonObject;
import io.jynamo.runtime.wire.v1.JsonSchema;
import io.jynamo.runtime.wire.v1.OneOf;
import io.jynamo.runtime.wire.v1.Thinking;

/** What output is held to as its message, and back. */
final class ConstraintMessages {
    private ConstraintMessages() {}

    static Constraint message(OutputConstraint constraint) {
        Constraint.Builder message = Constraint.newBuilder();
        switch (constraint.form()) {
            case OutputConstraint.JsonObject(boolean compact) ->
                message.setJsonObject(JsonObject.newBuilder().setCompact(compact));
            case OutputConstraint.JsonSchema(String schema, boolean strict, boolean compact) ->
                message.setJsonSchema(JsonSchema.newBuilder()
                        .setSchema(schema)
                        .setStrict(strict)
                        .setCompact(compact));
            case OutputConstraint.Regex(String regex) -> message.setRegex(regex);
            case OutputConstraint.OneOf oneOf ->
                message.setOneOf(OneOf.newBuilder().addAllTexts(oneOf.texts()));
            case OutputConstraint.Grammar(String ebnf) -> message.setGrammar(ebnf);
            case OutputConstraint.Calls calls -> message.setCalls(message(calls));
        }
        OutputConstraint.Thinking thinking = constraint.thinking();
        if (!thinking.isNone()) {
            message.setThinking(Thinking.newBuilder()
                    .setBegun(thinking.begun())
                    .addAllOpens(thinking.opens())
                    .addAllCloses(thinking.closes()));
        }
        return message.build();
    }

    private static Calls message(OutputConstraint.Calls calls) {
        Calls.Builder message = Calls.newBuilder()
                .setBegin(calls.begin())
                .setBetween(calls.between())
                .setEnd(calls.end())
                .setSeveral(calls.several())
                .setFree(calls.free())
                .addAllMarkers(calls.markers());
        for (OutputConstraint.Call call : calls.calls()) {
            message.addCalls(Call.newBuilder()
                    .setHead(call.head())
                    .setArguments(call.arguments())
                    .setStrict(call.strict())
                    .setTail(call.tail()));
        }
        return message.build();
    }

    /**
     * The constraint of a message.
     *
     * @throws IllegalArgumentException for a form that is not known here: leaving it out would answer something else
     */
    static OutputConstraint constraint(Constraint message) {
        OutputConstraint.Form form = switch (message.getFormCase()) {
            case JSON_OBJECT ->
                new OutputConstraint.JsonObject(message.getJsonObject().getCompact());
            case JSON_SCHEMA ->
                new OutputConstraint.JsonSchema(
                        message.getJsonSchema().getSchema(),
                        message.getJsonSchema().getStrict(),
                        message.getJsonSchema().getCompact());
            case REGEX -> new OutputConstraint.Regex(message.getRegex());
            case ONE_OF -> new OutputConstraint.OneOf(message.getOneOf().getTextsList());
            case GRAMMAR -> new OutputConstraint.Grammar(message.getGrammar());
            case CALLS -> calls(message.getCalls());
            case FORM_NOT_SET ->
                throw new IllegalArgumentException("it has a constraint of a form that is not known here");
        };
        Thinking thinking = message.getThinking();
        return new OutputConstraint(
                form,
                message.hasThinking()
                        ? new OutputConstraint.Thinking(
                                thinking.getBegun(), thinking.getOpensList(), thinking.getClosesList())
                        : OutputConstraint.Thinking.NONE);
    }

    private static OutputConstraint.Calls calls(Calls message) {
        return new OutputConstraint.Calls(
                message.getBegin(),
                message.getCallsList().stream()
                        .map(call -> new OutputConstraint.Call(
                                call.getHead(), call.getArguments(), call.getStrict(), call.getTail()))
                        .toList(),
                message.getBetween(),
                message.getEnd(),
                message.getSeveral(),
                message.getFree(),
                message.getMarkersList());
    }
}
