package io.jynamo.engine.openai;

import io.jynamo.engine.attached.SchemaJson;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.OutputConstraint.Form;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/** How a server behind {@code /v1/completions} is told what its output must look like. A form that it has no field for is none of its capabilities. */
public enum OutputDialect {
    /** vLLM's {@code structured_outputs}, which {@code guided_*} was called before its version 0.11. */
    STRUCTURED_OUTPUTS {
        @Override
        void write(JsonGenerator json, Form form) {
            json.writeName("structured_outputs");
            json.writeStartObject();
            switch (form) {
                // It takes flags for white space and more properties too, and does what its command line says.
                case OutputConstraint.JsonObject _ -> json.writeBooleanProperty("json_object", true);
                case OutputConstraint.JsonSchema schema -> writeSchema(json, "json", schema);
                case OutputConstraint.Regex(String regex) -> json.writeStringProperty("regex", regex);
                case OutputConstraint.OneOf(List<String> texts) -> {
                    json.writeName("choice");
                    json.writeStartArray();
                    texts.forEach(json::writeString);
                    json.writeEndArray();
                }
                case OutputConstraint.Grammar(String ebnf) -> json.writeStringProperty("grammar", ebnf);
                case OutputConstraint.Calls _ -> throw unknown(form);
            }
            json.writeEndObject();
        }
    },

    /** trtllm-serve's {@code response_format}, which knows more types than OpenAI's. */
    TYPED_FORMAT {
        @Override
        void write(JsonGenerator json, Form form) {
            json.writeName("response_format");
            json.writeStartObject();
            switch (form) {
                case OutputConstraint.JsonObject _ -> json.writeStringProperty("type", "json_object");
                case OutputConstraint.JsonSchema schema -> {
                    json.writeStringProperty("type", "json");
                    writeSchema(json, "schema", schema);
                }
                case OutputConstraint.Regex(String regex) -> writeTyped(json, "regex", regex);
                case OutputConstraint.OneOf(List<String> texts) -> writeTyped(json, "regex", alternatives(texts));
                case OutputConstraint.Grammar(String ebnf) -> writeTyped(json, "ebnf", ebnf);
                case OutputConstraint.Calls _ -> throw unknown(form);
            }
            json.writeEndObject();
        }
    },

    /** llama.cpp's own fields. It has none for regular expressions. */
    GBNF {
        @Override
        void write(JsonGenerator json, Form form) {
            switch (form) {
                case OutputConstraint.JsonObject _ -> {
                    json.writeName("json_schema");
                    json.writeRawValue("{\"type\":\"object\"}");
                }
                case OutputConstraint.JsonSchema schema -> writeSchema(json, "json_schema", schema);
                case OutputConstraint.OneOf(List<String> texts) ->
                    json.writeStringProperty(
                            "grammar",
                            "root ::= "
                                    + texts.stream().map(OutputDialect::quoted).collect(Collectors.joining(" | ")));
                case OutputConstraint.Grammar(String ebnf) -> json.writeStringProperty("grammar", ebnf);
                case OutputConstraint.Regex _, OutputConstraint.Calls _ -> throw unknown(form);
            }
        }
    },

    /** SGLang's chats: OpenAI's {@code response_format}, and fields for the rest. */
    SGLANG_CHAT {
        @Override
        void write(JsonGenerator json, Form form) {
            switch (form) {
                case OutputConstraint.JsonObject _, OutputConstraint.JsonSchema _ -> RESPONSE_FORMAT.write(json, form);
                case OutputConstraint.Regex(String regex) -> json.writeStringProperty("regex", regex);
                case OutputConstraint.OneOf(List<String> texts) ->
                    json.writeStringProperty("regex", alternatives(texts));
                case OutputConstraint.Grammar(String ebnf) -> json.writeStringProperty("ebnf", ebnf);
                case OutputConstraint.Calls _ -> throw unknown(form);
            }
        }
    },

    /** OpenAI's {@code response_format}. */
    RESPONSE_FORMAT {
        @Override
        void write(JsonGenerator json, Form form) {
            json.writeName("response_format");
            json.writeStartObject();
            switch (form) {
                case OutputConstraint.JsonObject _ -> json.writeStringProperty("type", "json_object");
                case OutputConstraint.JsonSchema schema -> {
                    json.writeStringProperty("type", "json_schema");
                    json.writeName("json_schema");
                    json.writeStartObject();
                    json.writeStringProperty("name", "output");
                    writeSchema(json, "schema", schema);
                    writeFlag(json, "strict", schema.strict());
                    json.writeEndObject();
                }
                case OutputConstraint.Regex _,
                        OutputConstraint.OneOf _,
                        OutputConstraint.Grammar _,
                        OutputConstraint.Calls _ -> throw unknown(form);
            }
            json.writeEndObject();
        }
    };

    private static final Map<Character, String> ESCAPES =
            Map.of('\n', "\\n", '\r', "\\r", '\t', "\\t", '"', "\\\"", '\\', "\\\\");

    abstract void write(JsonGenerator json, Form form);

    private static void writeSchema(JsonGenerator json, String name, OutputConstraint.JsonSchema schema) {
        json.writeName(name);
        json.writeRawValue(SchemaJson.of(schema));
    }

    private static void writeFlag(JsonGenerator json, String name, boolean set) {
        if (set) {
            json.writeBooleanProperty(name, true);
        }
    }

    private static void writeTyped(JsonGenerator json, String type, String value) {
        json.writeStringProperty("type", type);
        json.writeStringProperty(type, value);
    }

    private static IllegalArgumentException unknown(Form form) {
        return new IllegalArgumentException("the server has no field for " + form.needs());
    }

    /** A regular expression of exactly these texts. */
    public static String alternatives(List<String> texts) {
        return texts.stream()
                .map(text -> text.replaceAll("[\\\\.^$|?*+()\\[\\]{}]", "\\\\$0"))
                .collect(Collectors.joining("|", "(", ")"));
    }

    private static String quoted(String text) {
        var out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            out.append(ESCAPES.getOrDefault(text.charAt(i), String.valueOf(text.charAt(i))));
        }
        return out.append('"').toString();
    }
}
