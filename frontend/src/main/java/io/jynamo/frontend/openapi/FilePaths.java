package io.jynamo.frontend.openapi;

import io.jynamo.frontend.batch.CreateBatch;
import io.jynamo.frontend.json.JsonWriter;
import java.util.Map;

/** The paths of files and batches in the OpenAPI description. */
final class FilePaths {
    private static final String[] FILE_LIST = {"limit", "order", "after", "purpose"};
    private static final String[] BATCH_LIST = {"limit", "order", "after"};

    private FilePaths() {}

    static void write(JsonWriter out) {
        out.name("/v1/files").beginObject();
        upload(out);
        list(out, "List the caller's files", FILE_LIST);
        out.endObject();
        named(out, "/v1/files/{file}", "file");
        operation(out, "get", "Describe a file");
        operation(out, "delete", "Delete a file");
        out.endObject();
        named(out, "/v1/files/{file}/content", "file");
        out.name("get").beginObject().name("summary").value("Read a file");
        OpenApi.answers(out, "Its bytes", "application/octet-stream");
        out.endObject();
        out.name("/v1/batches").beginObject();
        OpenApi.posted(out, "Run the requests of a file behind all others", CreateBatch.TABLE);
        list(out, "List the caller's batches", BATCH_LIST);
        out.endObject();
        named(out, "/v1/batches/{batch}", "batch");
        operation(out, "get", "Say how far a batch is");
        out.endObject();
        named(out, "/v1/batches/{batch}/cancel", "batch");
        operation(out, "post", "Cancel a batch; what it did stays");
        out.endObject();
    }

    private static void upload(JsonWriter out) {
        Map<String, String> fields = Map.of("file", "The file, of JSON lines", "purpose", "batch");
        out.name("post").beginObject().name("summary").value("Upload a file of requests for a batch");
        out.name("requestBody").beginObject().name("required").value(true).name("content");
        out.beginObject()
                .name("multipart/form-data")
                .beginObject()
                .name("schema")
                .beginObject();
        out.name("type").value("object").name("properties").beginObject();
        for (String name : new String[] {"file", "purpose"}) {
            out.name(name).beginObject().name("type").value("string");
            out.name("description").value(fields.get(name)).endObject();
        }
        out.name("expires_after[anchor]").beginObject().name("type").value("string");
        out.name("enum").beginArray().value("created_at").endArray().endObject();
        out.name("expires_after[seconds]").beginObject().name("type").value("integer");
        out.name("minimum").value(3_600).name("maximum").value(2_592_000).endObject();
        out.endObject()
                .name("required")
                .beginArray()
                .value("file")
                .value("purpose")
                .endArray();
        out.endObject().endObject().endObject().endObject();
        OpenApi.json(out, "The file");
    }

    private static void named(JsonWriter out, String path, String parameter) {
        out.name(path).beginObject().name("parameters").beginArray();
        OpenApi.parameter(out, parameter, "path", true);
        out.endArray();
    }

    private static void list(JsonWriter out, String summary, String[] parameters) {
        out.name("get")
                .beginObject()
                .name("summary")
                .value(summary)
                .name("parameters")
                .beginArray();
        for (String name : parameters) {
            OpenApi.parameter(out, name, "query", false);
        }
        out.endArray();
        OpenApi.json(out, "A page of them, the newest first");
    }

    private static void operation(JsonWriter out, String method, String summary) {
        out.name(method).beginObject().name("summary").value(summary);
        OpenApi.json(out, "It, as it is now");
    }
}
