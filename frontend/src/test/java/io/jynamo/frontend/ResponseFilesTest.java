package io.jynamo.frontend;

import static io.jynamo.frontend.ResponsesFixture.ask;
import static io.jynamo.frontend.ResponsesFixture.made;
import static io.jynamo.frontend.ResponsesFixture.prompts;
import static io.jynamo.frontend.ResponsesFixture.saying;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Files in Responses, of which those of text are read. */
class ResponseFilesTest {
    private static String file(String type, String text) {
        return "{'type':'input_file','filename':'notes.md','file_data':'data:" + type + ";base64,"
                + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "'}";
    }

    private static String asked(String part) {
        return "'input':[{'role':'user','content':[" + part + ",{'type':'input_text','text':'short?'}]}]";
    }

    @Test
    void aFileOfTextIsPartOfWhatTheUserSays() {
        try (ServerFixture server = saying("ok")) {
            JsonNode first = made(server, asked(file("text/markdown;charset=utf-8", "# Äpfel")));
            assertThat(prompts(server).getFirst()).isEqualTo("user:notes.md:\n# Äpfel\nshort?\nassistant:");
            made(server, asked(file("application/json", "{}").replace("'filename':'notes.md',", "")));
            assertThat(prompts(server).getLast()).isEqualTo("user:{}\nshort?\nassistant:");
            String id = first.path("id").asString("");
            made(server, "'input':'and?','previous_response_id':'" + id + "'");
            assertThat(prompts(server).getLast())
                    .isEqualTo("user:notes.md:\n# Äpfel\nshort?\nassistant:ok\nuser:and?\nassistant:");
            JsonNode kept = ServerFixture.json(server.get("/v1/responses/" + id + "/input_items"));
            assertThat(kept.at("/data/0/content/0/type").asString("")).isEqualTo("input_file");
            assertThat(kept.at("/data/0/content/0/file_data").asString("")).startsWith("data:text/markdown");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'file_data':'data:application/pdf;base64,JVBERi0='|unsupported_parameter|file_data",
                "'file_data':'data:;base64,aGk='|unsupported_parameter|file_data",
                "'file_data':'data:text/plain;base64,@@@'|invalid_request|file_data",
                "'file_data':'data:text/plain;base64,/w=='|invalid_request|file_data",
                "'file_data':'data:text/plain,hi'|invalid_request|file_data",
                "'file_data':'aGk='|invalid_request|file_data",
                "'filename':'a.txt'|invalid_request|file_data",
                "'file_id':'file-1'|unsupported_parameter|file_id",
                "'file_url':'https://example.com/a.txt'|unsupported_parameter|file_url"
            })
    void otherFilesAreRefusedByName(String members, String code, String member) {
        try (ServerFixture server = saying("ok")) {
            ResponsesTest.refused(
                    ask(server, asked("{'type':'input_file'," + members + "}")), code, "input[0].content[0]." + member);
        }
    }

    @Test
    void anAssistantSendsNoFiles() {
        try (ServerFixture server = saying("ok")) {
            String said = "'input':[{'role':'assistant','content':[" + file("text/plain", "a") + "]}]";
            ResponsesTest.refused(ask(server, said), "unsupported_parameter", "input[0].content[0]");
        }
    }
}
