package io.jynamo.text.template;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatPromptTest {
    private static final String PLAIN =
            "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}"
                    + "{% if add_generation_prompt %}<assistant>{% endif %}";
    private static final SpecialTokens TOKENS = SpecialTokens.of("<s>", "</s>");

    private static ChatPrompt prompt(String source) {
        return ChatPrompt.compile(TemplateSources.of(source), TOKENS);
    }

    private static Map<String, Object> json(String text) {
        return Outcome.object(Outcome.JSON.readValue(text.replace('\'', '"'), Object.class));
    }

    private static ChatPrompt.Request request(String... messages) {
        return ChatPrompt.Request.of(
                java.util.Arrays.stream(messages).map(ChatPromptTest::json).toList());
    }

    private static ChatPrompt.Request continuing(String... messages) {
        return new ChatPrompt.Request(request(messages).messages(), List.of(), Map.of(), false, true);
    }

    @Test
    void rendersMessagesWithTheModelsTokens() {
        assertThat(prompt(PLAIN).render(request("{'role':'user','content':'Hi'}")))
                .isEqualTo("<s><user>Hi</><assistant>");
    }

    @Test
    void joinsPartsThatAreAllText() {
        var parts = "{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}";
        assertThat(prompt(PLAIN).render(request(parts))).isEqualTo("<s><user>a\nb</><assistant>");
    }

    @Test
    void givesPartsToATemplateThatReadsNothingElse() {
        var prompt = prompt(
                "{% for m in messages %}{% for p in m.content %}[{{ p.type }}:{{ p.text }}]{% endfor %}{% endfor %}");
        assertThat(
                        prompt.render(
                                request(
                                        "{'role':'user','content':'Hi'}",
                                        "{'role':'user','content':[{'type':'text','text':'a'},{'type':'image_url','image_url':{'url':'x'}}]}")))
                .isEqualTo("[text:Hi][text:a][image:]");
    }

    @Test
    void parsesArgumentsUnlessTheTemplateAsksForTheirText() {
        var call =
                "{'role':'assistant','content':null,'tool_calls':[{'function':{'name':'f','arguments':'{\\'a\\': 12345678901234567890}'}}]}"
                        .replace("\\'", "\\\"");
        var body = "{% for m in messages %}{{ m.tool_calls[0].function.arguments }}{% endfor %}";
        assertThat(prompt(body).render(request(call))).isEqualTo("{'a': 12345678901234567890}");
        var asking = "{% if messages[0].tool_calls[0].function.arguments is string %}text {% endif %}" + body;
        assertThat(prompt(asking).render(request(call))).isEqualTo("text {\"a\": 12345678901234567890}");
        var blank = "{'role':'assistant','tool_calls':[{'function':{'name':'f','arguments':' '}}]}";
        assertThat(prompt(body).render(request(blank))).isEqualTo("{}");
        var broken = "{'role':'assistant','tool_calls':[{'function':{'name':'f','arguments':'{oops'}}]}";
        assertThat(prompt(body).render(request(broken))).isEqualTo("{oops");
    }

    @Test
    void putsReasoningIntoContentWhereTheTemplateDoesNotReadIt() {
        var text = "{'role':'assistant','content':'4','reasoning_content':'2+2'}";
        var segments = "{'role':'assistant','content':null,'reasoning_content':['a','','b']}";
        assertThat(prompt("{% for m in messages %}{{ m.content }};{% endfor %}").render(request(text, segments)))
                .isEqualTo("<think>2+2</think>4;<think>a</think><think>b</think>;");
        assertThat(prompt("{{ messages[0].reasoning_content }}={{ messages[0].content }}")
                        .render(request(text)))
                .isEqualTo("2+2=4");
    }

    @Test
    void choosesTheToolTemplateAndCompletesSchemas() {
        var prompt =
                ChatPrompt.compile(new TemplateSources("none {{ tools is none }}", "{{ tools | tojson }}"), TOKENS);
        var messages = request("{'role':'user','content':'Hi'}").messages();
        assertThat(prompt.render(ChatPrompt.Request.of(messages))).isEqualTo("none True");
        var tools = List.of(json("{'type':'function','function':{'name':'f'}}"));
        assertThat(prompt.render(new ChatPrompt.Request(messages, tools, Map.of(), true, false)))
                .isEqualTo("[{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": "
                        + "{\"type\": \"object\", \"properties\": {}}}}]");
    }

    @Test
    void letsTemplateArgumentsWin() {
        var messages = request("{'role':'user','content':'Hi'}").messages();
        var arguments = Map.of("add_generation_prompt", false, "bos_token", "!");
        assertThat(prompt(PLAIN).render(new ChatPrompt.Request(messages, List.of(), arguments, true, false)))
                .isEqualTo("!<user>Hi</>");
    }

    @Test
    void continuesTheFinalMessage() {
        var prompt = prompt(PLAIN.replace("m.content", "m.content | trim"));
        assertThat(prompt.render(
                        continuing("{'role':'user','content':'Hi'}", "{'role':'assistant','content':'Autumn '}")))
                .isEqualTo("<s><user>Hi</><assistant>Autumn");
        assertThat(prompt(PLAIN).render(continuing("{'role':'assistant','content':' Autumn '}")))
                .isEqualTo("<s><assistant> Autumn ");
        var error = requireNonNull(catchThrowableOfType(
                JynamoException.class, () -> prompt.render(continuing("{'role':'assistant','content':''}"))));
        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThatThrownBy(() -> new ChatPrompt.Request(List.of(), List.of(), Map.of(), true, true))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("continue_final_message");
    }

    @Test
    void leavesTheRequestAsItIs() {
        var message = Map.<String, Object>of("role", "assistant", "content", "4", "reasoning_content", "2+2");
        prompt(PLAIN).render(ChatPrompt.Request.of(List.of(message)));
        assertThat(message).containsEntry("content", "4").containsKey("reasoning_content");
    }

    @Test
    void passesOnWhatTheTemplateRefuses() {
        var prompt = prompt("{{ raise_exception('Only users, not ' ~ messages[0].role) }}");
        var error = requireNonNull(catchThrowableOfType(
                JynamoException.class, () -> prompt.render(request("{'role':'critic','content':'x'}"))));
        assertThat(error.code()).isEqualTo(ErrorCode.TEMPLATE_FAILED);
        assertThat(error).hasMessage("Only users, not critic");
    }

    @Test
    void findsTemplatesInAModelFolder(@TempDir Path folder) throws IOException {
        assertThat(ChatTemplates.find(folder)).isEmpty();
        var configuration = folder.resolve("tokenizer_config.json");
        Files.writeString(
                configuration,
                "{\"chat_template\": \"one\", \"bos_token\": {\"content\": \"<b>\"}, \"eos_token\": \"<e>\"}");
        assertThat(ChatTemplates.find(folder)).contains(TemplateSources.of("one"));
        assertThat(SpecialTokens.find(folder).byName()).isEqualTo(Map.of("bos_token", "<b>", "eos_token", "<e>"));
        Files.writeString(
                configuration,
                "{\"chat_template\": [{\"name\": \"default\", \"template\": \"a\"}, {\"name\": \"tool_use\", \"template\": \"b\"}]}");
        assertThat(ChatTemplates.find(folder)).contains(new TemplateSources("a", "b"));
        Files.writeString(folder.resolve("chat_template.json"), "{\"chat_template\": \"two\"}");
        assertThat(ChatTemplates.find(folder)).contains(TemplateSources.of("two"));
        Files.writeString(folder.resolve("chat_template.jinja"), "three");
        assertThat(ChatTemplates.find(folder)).contains(TemplateSources.of("three"));
    }

    @Test
    void namesABrokenModelFile(@TempDir Path folder) throws IOException {
        var configuration = folder.resolve("tokenizer_config.json");
        for (var broken : List.of(
                "{",
                "[]",
                "{\"chat_template\": 5}",
                "{\"chat_template\": [{\"name\": \"x\"}]}",
                "{\"chat_template\": []}",
                "")) {
            Files.writeString(configuration, broken);
            var error = requireNonNull(catchThrowableOfType(JynamoException.class, () -> ChatTemplates.find(folder)));
            assertThat(error.code()).as(broken).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
            assertThat(error).hasMessageContaining("tokenizer_config.json");
        }
        Files.write(configuration, new byte[] {(byte) 0xff, 0x41});
        assertThatThrownBy(() -> ChatTemplates.find(folder)).hasMessageContaining("not UTF-8");
    }
}
