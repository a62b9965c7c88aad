package io.jynamo.frontend.openapi;

import io.jynamo.frontend.json.JsonWriter;
import java.util.List;

/** The forms of errors, each of which the operations of one kind of client answer with. */
enum ErrorSchema {
    /** {@code {"error": {"message", "type", "param", "code"}}}. */
    OPENAI("Error") {
        @Override
        void members(JsonWriter out) {
            required(out, List.of("error"));
            out.name("properties").beginObject();
            out.name("error").beginObject().name("type").value("object").name("properties");
            out.beginObject();
            text(out, "message");
            text(out, "type");
            out.name("param").beginObject().name("type").beginArray();
            out.value("string").value("null").endArray().endObject();
            text(out, "code");
            out.endObject().endObject().endObject();
        }
    },
    /** {@code {"type": "error", "error": {"type", "message", "code", "param"}, "request_id"}}; no param where no field is meant. */
    ANTHROPIC("MessagesError") {
        @Override
        void members(JsonWriter out) {
            required(out, List.of("type", "error", "request_id"));
            out.name("properties").beginObject();
            out.name("type").beginObject().name("const").value("error").endObject();
            out.name("error").beginObject().name("type").value("object");
            required(out, List.of("type", "message", "code"));
            out.name("properties").beginObject();
            List.of("type", "message", "code", "param").forEach(name -> text(out, name));
            out.endObject().endObject();
            text(out, "request_id");
            out.endObject();
        }
    };

    private final String name;

    ErrorSchema(String name) {
        this.name = name;
    }

    /** Where it is found. */
    String reference() {
        return "#/components/responses/" + name;
    }

    /** Writes it as one of the document's responses. */
    void write(JsonWriter out) {
        out.name(name).beginObject().name("description").value("What was wrong, where, and what to do");
        out.name("content").beginObject().name("application/json").beginObject();
        out.name("schema").beginObject().name("type").value("object");
        members(out);
        out.endObject().endObject().endObject().endObject();
    }

    abstract void members(JsonWriter out);

    private static void required(JsonWriter out, List<String> names) {
        out.name("required").beginArray();
        names.forEach(out::value);
        out.endArray();
    }

    private static void text(JsonWriter out, String name) {
        out.name(name).beginObject().name("type").value("string").endObject();
    }
}
