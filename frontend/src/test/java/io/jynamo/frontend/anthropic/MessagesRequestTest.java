package io.jynamo.frontend.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.OutputWish;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.text.reply.ToolChoice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesRequestTest {
    private static final String TOOL = "{'name':'weather','description':'of now',"
            + "'input_schema':{'type':'object','properties':{'city':{'type':'string'}}}}";

    private static ChatRequest parse(String members) {
        return parse("{'model':'m','max_tokens':5," + members + "}", false);
    }

    private static ChatRequest parse(String body, boolean stripsPreamble) {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return MessagesRequest.parse(bytes, bytes.length, stripsPreamble);
    }

    private static String user(String content) {
        return "'messages':[{'role':'user','content':" + content + "}]";
    }

    private static void refused(String members, ErrorCode code, String param) {
        assertThatThrownBy(() -> parse(members)).isInstanceOfSatisfying(Refusal.class, refused -> {
            assertThat(refused.param()).isEqualTo(param);
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.getMessage()).contains(param);
        });
    }

    @Test
    void options_become_those_of_all_requests() {
        ChatRequest request = parse(user("'hi'")
                + ",'temperature':0.5,'top_p':0.9,'top_k':7,'stop_sequences':['a','b'],'stream':true,"
                + "'metadata':{'user_id':'u'},'service_tier':'auto','cache_control':{'type':'ephemeral','ttl':'1h'}");
        var options = request.options();
        assertThat(options.maxTokens()).isEqualTo(5);
        assertThat(options.stopTexts()).containsExactly("a", "b");
        assertThat(options.stream()).isTrue();
        var sampling = options.sampling(io.jynamo.frontend.ServedModel.PLAIN_SAMPLING);
        assertThat(sampling.temperature()).isEqualTo(0.5f);
        assertThat(sampling.topP()).isEqualTo(0.9f);
        assertThat(sampling.topK()).isEqualTo(7);
        assertThat(request.templateVariables()).isEmpty();
        assertThat(request.addGenerationPrompt()).isTrue();
    }

    @Test
    void a_round_of_tools_becomes_messages_of_their_own() {
        ChatRequest request = parse("'system':[{'type':'text','text':'Be brief.','cache_control':{'type':'ephemeral'}},"
                + "{'type':'text','text':'Be kind.'}],'tools':[" + TOOL + "],'messages':["
                + "{'role':'user','content':'Weather?'},"
                + "{'role':'assistant','content':[{'type':'thinking','thinking':'Look.','signature':'s'},"
                + "{'type':'redacted_thinking','data':'xyz'},{'type':'text','text':'I look.'},"
                + "{'type':'tool_use','id':'t1','name':'weather','input':{'city':'Paris'}},"
                + "{'type':'tool_use','id':'t2','name':'weather','input':{}}]},"
                + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':'sunny'},"
                + "{'type':'tool_result','tool_use_id':'t2','is_error':true,'content':[{'type':'text','text':'no'},"
                + "{'type':'text','text':'city'}]},{'type':'text','text':'So?'}]}]");
        assertThat(request.messages())
                .containsExactly(
                        Map.of("role", "system", "content", "Be brief.\nBe kind."),
                        Map.of("role", "user", "content", "Weather?"),
                        Map.of(
                                "role",
                                "assistant",
                                "content",
                                "I look.",
                                "reasoning_content",
                                "Look.",
                                "tool_calls",
                                List.of(call("t1", "{\"city\":\"Paris\"}"), call("t2", "{}"))),
                        Map.of("role", "tool", "content", "sunny", "tool_call_id", "t1", "name", "weather"),
                        Map.of(
                                "role",
                                "tool",
                                "content",
                                "no\ncity",
                                "tool_call_id",
                                "t2",
                                "name",
                                "weather",
                                "is_error",
                                true),
                        Map.of("role", "user", "content", "So?"));
        assertThat(request.tools().tools())
                .containsExactly(Map.of(
                        "type",
                        "function",
                        "function",
                        Map.of(
                                "name",
                                "weather",
                                "description",
                                "of now",
                                "parameters",
                                Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string"))))));
    }

    private static Map<String, Object> call(String id, String arguments) {
        return Map.of("id", id, "type", "function", "function", Map.of("name", "weather", "arguments", arguments));
    }

    @Test
    void what_one_speaker_says_in_a_row_is_one_message() {
        ChatRequest request =
                parse("'messages':[{'role':'user','content':'a'},{'role':'user','content':[{'type':'text',"
                        + "'text':'b'}]},{'role':'assistant','content':'c'}]");
        assertThat(request.messages())
                .containsExactly(
                        Map.of("role", "user", "content", "a\nb"), Map.of("role", "assistant", "content", "c"));
        assertThat(request.continueFinalMessage()).as("a prefilled answer").isTrue();
        assertThat(request.addGenerationPrompt()).isFalse();
    }

    @Test
    void the_billing_header_is_left_out_where_that_is_asked_for() {
        String header = "x-anthropic-billing-header: cc_version=1;";
        String text = "{'model':'m','max_tokens':5,'system':'" + header + "\\nBe brief.'," + user("'hi'") + "}";
        String block = "{'model':'m','max_tokens':5,'system':[{'type':'text','text':'" + header
                + "'},{'type':'text','text':'Be brief.'}]," + user("'hi'") + "}";
        for (String body : List.of(text, block)) {
            assertThat(parse(body, true).messages().getFirst()).containsEntry("content", "Be brief.");
            assertThat(parse(body, false).messages().getFirst()).containsEntry("content", header + "\nBe brief.");
        }
        String alone = "{'model':'m','max_tokens':5,'system':'" + header + "'," + user("'hi'") + "}";
        assertThat(parse(alone, true).messages()).containsExactly(Map.of("role", "user", "content", "hi"));
    }

    @Test
    void thinking_is_switched_as_chat_completions_do() {
        assertThat(parse(user("'hi'") + ",'thinking':{'type':'enabled','budget_tokens':2048}")
                        .templateVariables())
                .isEqualTo(Map.of(
                        "thinking",
                        true,
                        "enable_thinking",
                        true,
                        "thinking_mode",
                        "enabled",
                        "thinking_budget",
                        2048L));
        assertThat(parse(user("'hi'") + ",'thinking':{'type':'disabled'},'output_config':{'effort':'low'}")
                        .templateVariables())
                .isEqualTo(Map.of(
                        "thinking",
                        false,
                        "enable_thinking",
                        false,
                        "thinking_mode",
                        "disabled",
                        "reasoning_effort",
                        "low"));
        assertThat(parse(user("'hi'") + ",'thinking':{'type':'adaptive','display':'omitted'}")
                        .showsReasoning())
                .isFalse();
    }

    @Test
    void choices_of_tools_go_where_those_of_chat_completions_go() {
        String tools = user("'hi'") + ",'tools':[" + TOOL + "],'tool_choice':";
        assertThat(parse(tools + "{'type':'none'}").tools().choice()).isEqualTo(new ToolChoice.None());
        ChatRequest alone = parse(tools + "{'type':'auto','disable_parallel_tool_use':true}");
        assertThat(alone.tools().choice()).isEqualTo(new ToolChoice.Auto());
        assertThat(alone.tools().parallel()).isFalse();
        assertThat(parse(tools + "{'type':'any'}").tools().choice()).isEqualTo(new ToolChoice.Required());
        assertThat(parse(tools + "{'type':'tool','name':'weather'}").tools().choice())
                .isEqualTo(new ToolChoice.Named("weather"));
        refused(tools + "{'type':'tool','name':'other'}", ErrorCode.INVALID_REQUEST, "tool_choice");
        refused(tools + "{'type':'tool'}", ErrorCode.INVALID_REQUEST, "tool_choice.name");
        refused(tools + "{'type':'some'}", ErrorCode.INVALID_REQUEST, "tool_choice.type");
        refused(user("'hi'") + ",'tool_choice':{'type':'auto'}", ErrorCode.INVALID_REQUEST, "tool_choice");
    }

    @Test
    void an_answer_is_held_to_a_format_under_both_of_its_names() {
        var schema = new OutputConstraint.JsonSchema("{\"type\":\"object\"}", false, false);
        String format = "{'type':'json_schema','schema':{'type':'object'}}";
        OutputWish wish = parse(user("'hi'") + ",'output_config':{'format':" + format + "}")
                .options()
                .output();
        assertThat(wish).isEqualTo(new OutputWish("output_config.format", schema));
        assertThat(parse(user("'hi'") + ",'output_format':" + format).options().output())
                .isEqualTo(new OutputWish("output_format", schema));
        refused(
                user("'hi'") + ",'output_format':" + format + ",'output_config':{'format':" + format + "}",
                ErrorCode.INVALID_REQUEST,
                "output_format");
        refused(
                user("'hi'") + ",'output_config':{'format':{'type':'json_schema'}}",
                ErrorCode.INVALID_REQUEST,
                "output_config.format.schema");
        refused(
                user("'hi'") + ",'output_config':{'format':{'type':'regex'}}",
                ErrorCode.INVALID_REQUEST,
                "output_config.format.type");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'temperature':1.5 | temperature",
                "'top_k':-1 | top_k",
                "'stop_sequences':[' '] | stop_sequences[0]",
                "'thinking':{'type':'enabled','budget_tokens':5} | thinking.budget_tokens",
                "'thinking':{} | thinking.type",
                "'cache_control':{'type':'lasting'} | cache_control",
                "'tools':[{'name':'a b','input_schema':{}}] | tools[0].name",
                "'tools':[{'name':'a'}] | tools[0].input_schema",
                "'tools':[{'name':'a','input_schema':{}},{'name':'a','input_schema':{}}] | tools",
            })
    void a_wrong_value_is_refused_by_name(String member, String param) {
        refused(user("'hi'") + "," + member, ErrorCode.INVALID_REQUEST, param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'n':2 | n",
                "'seed':1 | seed",
                "'container':'c' | container",
                "'mcp_servers':[{}] | mcp_servers",
                "'context_management':{'edits':[{'type':'clear_tool_uses_20250919'}]} | context_management",
                "'metadata':{'team':'t'} | metadata.team",
                "'tools':[{'type':'web_search_20250305','name':'web_search'}] | tools[0].type",
                "'tools':[{'name':'a','input_schema':{},'x':1}] | tools[0].x",
            })
    void what_is_not_built_is_refused_by_name(String member, String param) {
        refused(user("'hi'") + "," + member, ErrorCode.UNSUPPORTED_PARAMETER, param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[{'type':'image','source':{'type':'file','file_id':'f'}}] | UNSUPPORTED_PARAMETER | messages[0].content[0].source.type",
                "[{'type':'image'}] | INVALID_REQUEST | messages[0].content[0].source",
                "[{'type':'image','source':{'type':'base64','media_type':'image/png','data':'aGk='}}] | MEDIA_INVALID | messages[0].content[0].source",
                "[{'type':'image','source':{'type':'url','url':'http://127.1/'}}] | MEDIA_NOT_ALLOWED | messages[0].content[0].source",
                "[{'type':'image','source':{'type':'url','url':'http://a/','x':1}}] | UNSUPPORTED_PARAMETER | messages[0].content[0].source.x",
                "[{'type':'document'}] | UNSUPPORTED_PARAMETER | messages[0].content[0]",
                "[{'type':'search_result'}] | UNSUPPORTED_PARAMETER | messages[0].content[0]",
                "[{'type':'text','text':'a','x':1}] | UNSUPPORTED_PARAMETER | messages[0].content[0].x",
                "[{'type':'text','text':'a','citations':[{}]}] | UNSUPPORTED_PARAMETER | messages[0].content[0].citations",
                "[{'type':'text'}] | INVALID_REQUEST | messages[0].content[0].text",
                "[{'type':'text','text':''}] | INVALID_REQUEST | messages[0].content[0].text",
                "[{'type':'thinking','thinking':'a'}] | INVALID_REQUEST | messages[0].content[0]",
                "[{'type':'tool_result','tool_use_id':'t9','content':''}] | INVALID_REQUEST | messages[0].content[0].tool_use_id",
                "['a'] | INVALID_REQUEST | messages[0].content[0]",
                "[] | INVALID_REQUEST | messages[0].content",
                "'' | INVALID_REQUEST | messages[0].content",
                "5 | INVALID_REQUEST | messages[0].content",
            })
    void a_block_that_cannot_be_read_is_refused_by_name(String content, ErrorCode code, String param) {
        refused(user(content), code, param);
    }

    @Test
    void a_conversation_that_cannot_go_on_is_refused() {
        refused(
                "'messages':[{'role':'assistant','content':[{'type':'tool_use','id':'t','name':'n','input':{}}]}]",
                ErrorCode.INVALID_REQUEST,
                "messages[0]");
        refused("'messages':[{'role':'tool','content':'a'}]", ErrorCode.INVALID_REQUEST, "messages[0].role");
        refused("'messages':[{'role':'user','content':'a','x':1}]", ErrorCode.UNSUPPORTED_PARAMETER, "messages[0].x");
        refused("'messages':[]", ErrorCode.INVALID_REQUEST, "messages");
        assertThatThrownBy(() -> parse("{'model':'m'," + user("'hi'") + "}", false))
                .hasMessageContaining("`max_tokens` is required");
    }

    @Test
    void asking_that_nothing_be_edited_is_no_wish() {
        assertThat(parse(user("'hi'")
                                + ",'context_management':{'edits':[{'type':'clear_thinking_20251015','keep':'all'}]}")
                        .messages())
                .hasSize(1);
    }
}
