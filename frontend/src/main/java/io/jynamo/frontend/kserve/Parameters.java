package io.jynamo.frontend.kserve;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.kserve.wire.InferParameter;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parameters of a request as the members of a JSON body, which the field tables read. */
final class Parameters {
    /** Wants a last response without outputs; of the protocol, not of the model. */
    static final String EMPTY_FINAL = "triton_enable_empty_final_response";

    /** Fields that are no single value: their text is JSON. */
    private static final Set<String> STRUCTURED = Set.of(
            "stop_token_ids", "logit_bias", "response_format", "structured_outputs", "guided_json", "guided_choice");

    private static final int MOST_NAME = 256;

    private static final String NO_PLACE = "no output of the model has a place for what it asks for";

    /** Fields of completions that make no sense here, and why. */
    private static final Map<String, String> REFUSED = Map.of(
            "logprobs", NO_PLACE,
            "prompt_logprobs", NO_PLACE,
            "return_tokens_as_token_ids", NO_PLACE,
            "stream_options", NO_PLACE,
            "nvext", "send metadata such as x-dynamo-session-id instead",
            "model", "it is the request's model_name",
            "prompt", "it is the input text_input or input_ids",
            "input", "it is the input text_input",
            "encoding_format", "vectors are FP32",
            "timeout", "give the call a deadline instead");

    private Parameters() {}

    /**
     * Writes them as members of the object that {@code out} stands in.
     *
     * @throws Refusal naming the parameter
     */
    static void write(Map<String, InferParameter> parameters, JsonWriter out) {
        parameters.forEach((name, value) -> {
            if (name.length() > MOST_NAME) {
                throw Refusal.invalid(
                        "parameters", "The name of a parameter must have at most " + MOST_NAME + " characters.");
            }
            String why = REFUSED.get(name);
            if (why != null) {
                throw Refusal.unsupported(name, "The parameter `" + name + "` is not supported: " + why + ".");
            }
            if (!name.equals(EMPTY_FINAL)) {
                write(name, value, out.name(name));
            }
        });
    }

    /** Whether that flag is given and true. */
    static boolean flag(Map<String, InferParameter> parameters, String name) {
        InferParameter given = parameters.get(name);
        if (given != null && !given.hasBoolParam()) {
            throw Refusal.invalid(name, "The parameter `" + name + "` must be a bool_param.");
        }
        return given != null && given.getBoolParam();
    }

    private static void write(String name, InferParameter value, JsonWriter out) {
        switch (value.getParameterChoiceCase()) {
            case BOOL_PARAM -> out.value(value.getBoolParam());
            case INT64_PARAM -> out.value(value.getInt64Param());
            case UINT64_PARAM -> unsigned(name, value.getUint64Param(), out);
            case DOUBLE_PARAM -> number(name, value.getDoubleParam(), out);
            case STRING_PARAM -> text(name, value.getStringParam(), out);
            case PARAMETERCHOICE_NOT_SET ->
                throw Refusal.invalid(name, "The parameter `" + name + "` has no value, or one of an unknown kind.");
        }
    }

    private static void unsigned(String name, long value, JsonWriter out) {
        if (value < 0) {
            throw Refusal.invalid(name, "The parameter `" + name + "` must be below 2^63.");
        }
        out.value(value);
    }

    private static void number(String name, double value, JsonWriter out) {
        if (!Double.isFinite(value)) {
            throw Refusal.invalid(name, "The parameter `" + name + "` must be a finite number.");
        }
        out.value(value);
    }

    private static void text(String name, String value, JsonWriter out) {
        if (STRUCTURED.contains(name)) {
            out.tree(json(name, value));
        } else if (name.equals("stop") && value.startsWith("[")) {
            out.tree(json(name, value)); // several
        } else {
            out.value(value);
        }
    }

    private static @Nullable Object json(String name, String text) {
        byte[] body = ("{\"value\":" + text + "}").getBytes(StandardCharsets.UTF_8);
        try {
            return JsonInput.readObject(body, body.length, in -> {
                in.nextName();
                Object tree = in.tree();
                if (in.nextName() != null) {
                    throw notJson(name, "more than one value");
                }
                return new Object[] {tree};
            })[0];
        } catch (JynamoException broken) {
            throw notJson(name, String.valueOf(broken.getMessage()));
        }
    }

    private static Refusal notJson(String name, String why) {
        return Refusal.invalid(name, "The text of the parameter `" + name + "` must be JSON: " + why);
    }
}
