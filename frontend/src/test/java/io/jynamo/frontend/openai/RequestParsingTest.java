package io.jynamo.frontend.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jynamo.frontend.ServedModel;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Sampling;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParsingTest {
    @Test
    void readsEveryField() {
        ChatRequest request = chat("'temperature':0.5,'top_p':0.9,'top_k':-1,'min_p':0.1,'repetition_penalty':1.1,"
                + "'presence_penalty':-1,'frequency_penalty':2,'logit_bias':{'5':-100},'seed':-7,'n':2,"
                + "'max_tokens':9,'max_completion_tokens':8,'min_tokens':3,'stop':['a','\\n'],'stop_token_ids':[4],"
                + "'include_stop_str_in_output':true,'ignore_eos':true,'skip_special_tokens':false,'logprobs':true,"
                + "'top_logprobs':3,'return_tokens_as_token_ids':true,'cache_salt':'s','priority':-4,'user':'u',"
                + "'metadata':{'k':'v'},'service_tier':'auto','chat_template_kwargs':{'x':1},'reasoning_effort':'none',"
                + "'stream':true,'stream_options':{'include_usage':true,'continuous_usage_stats':true}");
        GenerationOptions options = request.options();
        Sampling sampling = options.sampling(ServedModel.PLAIN_SAMPLING);
        assertThat(sampling).isEqualTo(new Sampling(0.5f, 0.9f, 0, 0.1f, 1.1f, -1f, 2f, Map.of(5, -100f), -7L));
        assertThat(options.choices()).isEqualTo(2);
        assertThat(options.maxTokens()).isEqualTo(8);
        assertThat(options.minTokens()).isEqualTo(3);
        assertThat(options.stopTexts()).containsExactly("a", "\n");
        assertThat(options.stopTokenIds()).isEqualTo(Set.of(4));
        assertThat(options.includeStop()).isTrue();
        assertThat(options.ignoreEos()).isTrue();
        assertThat(options.skipSpecial()).isFalse();
        assertThat(options.topLogprobs()).isEqualTo(3);
        assertThat(options.tokensAsIds()).isTrue();
        assertThat(options.cacheSalt()).isEqualTo("s");
        assertThat(options.priority()).isEqualTo(4);
        assertThat(options.stream()).isTrue();
        assertThat(options.includeUsage()).isTrue();
        assertThat(options.continuousUsage()).isTrue();
        assertThat(request.templateVariables())
                .containsEntry("x", 1L)
                .containsEntry("reasoning_effort", "none")
                .containsEntry("enable_thinking", false);
    }

    @Test
    void modelDefaultsFillWhatIsMissing() {
        Sampling defaults = new Sampling(0.6f, 0.95f, 20, 0.05f, 1.05f, 0f, 0f, Map.of(), null);
        assertThat(chat("'n':1").options().sampling(defaults)).isEqualTo(defaults);
        Sampling greedy = chat("'nvext':{'greed_sampling':true},'temperature':1")
                .options()
                .sampling(defaults);
        assertThat(greedy.isGreedy()).isTrue();
        assertThat(greedy.topP()).isEqualTo(1f);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'temperature':2.1|temperature",
                "'temperature':-0.1|temperature",
                "'temperature':'hot'|temperature",
                "'top_p':0|top_p",
                "'top_p':1.01|top_p",
                "'min_p':1.5|min_p",
                "'top_k':-2|top_k",
                "'top_k':1.5|top_k",
                "'frequency_penalty':2.5|frequency_penalty",
                "'presence_penalty':-2.5|presence_penalty",
                "'repetition_penalty':0|repetition_penalty",
                "'repetition_penalty':2.1|repetition_penalty",
                "'logit_bias':{'5':101}|logit_bias.5",
                "'logit_bias':{'x':1}|logit_bias",
                "'logit_bias':[1]|logit_bias",
                "'n':0|n",
                "'n':129|n",
                "'n':2,'temperature':0|n",
                "'top_logprobs':21,'logprobs':true|top_logprobs",
                "'top_logprobs':2|top_logprobs",
                "'logprobs':2|logprobs",
                "'stop':''|stop",
                "'stop':['a','']|stop[1]",
                "'stop':{'a':1}|stop",
                "'stop':[1.5]|stop[0]",
                "'stop_token_ids':[-1]|stop_token_ids[0]",
                "'max_tokens':0|max_tokens",
                "'max_completion_tokens':0|max_completion_tokens",
                "'max_tokens':5,'min_tokens':6|min_tokens",
                "'stream_options':{'include_usage':true}|stream_options",
                "'stream':true,'stream_options':{'x':1}|stream_options.x",
                "'stream':true,'prompt_logprobs':1|prompt_logprobs",
                "'seed':1e30|seed",
                "'seed':99999999999999999999|seed",
                "'user':' '|user",
                "'metadata':{'a':1}|metadata.a",
                "'nvext':{'nope':1}|nvext.nope",
                "'nvext':{'dp_rank':1}|nvext.dp_rank",
                "'nvext':{'agent_hints':{'osl':0}}|nvext.agent_hints.osl",
                "'nvext':{'agent_hints':{'strict_priority':-1}}|nvext.agent_hints.strict_priority",
                "'nvext':{'router':{'ttft_target':0}}|nvext.router.ttft_target",
                "'nvext':{'router':{'itl_target':5}}|nvext.router.itl_target",
                "'nvext':{'extra_fields':['routed_experts']}|nvext.extra_fields[0]",
                "'continue_final_message':true,'add_generation_prompt':true|continue_final_message",
                "'tools':[{'type':'function'}]|tools[0].function",
                "'tool_choice':'required'|tool_choice",
                "'tool_choice':{'type':'function'}|tool_choice",
                "'tools':[{'type':'function','function':{'name':'f'}}],'tool_choice':{'type':'function','function':{'name':'g'}}|tool_choice",
                "'tool_choice':{'type':'allowed_tools'}|tool_choice",
                "'response_format':{'type':'yaml'}|response_format.type",
                "'response_format':{'type':'json_schema'}|response_format.json_schema",
                "'response_format':{'type':'json_schema','json_schema':{'name':'x'}}|response_format.json_schema.schema",
                "'response_format':{'type':'json_object','json_schema':{'schema':{}}}|response_format.json_schema",
                "'guided_json':[]|guided_json",
                "'guided_json':'not json'|guided_json",
                "'guided_choice':[]|guided_choice",
                "'guided_regex':''|guided_regex",
                "'guided_json':{},'guided_regex':'a'|guided_regex",
                "'response_format':{'type':'json_object'},'guided_choice':['a']|guided_choice",
                "'guided_choice':['a'],'structured_outputs':{'regex':'a'}|structured_outputs.regex",
                "'structured_outputs':{'json':{},'regex':'a'}|structured_outputs.regex",
                "'structured_outputs':{}|structured_outputs",
                "'structured_outputs':{'structural_tag':'x'}|structured_outputs.structural_tag",
                "'guided_whitespace_pattern':'x'|guided_whitespace_pattern",
                "'guided_decoding_backend':'outlines'|guided_decoding_backend",
                "'modalities':['text','audio']|modalities",
                "'audio':{'voice':'x'}|audio",
                "'prediction':{}|prediction",
                "'store':true|store",
                "'functions':[]|functions",
                "'service_tier':'priority'|service_tier",
                "'kv_transfer_params':{}|kv_transfer_params",
                "'no_such_field':1|no_such_field",
                "'model':' '|model",
                "'temperature':1,'temperature':1|temperature",
            })
    void wrongValuesNameTheirField(String members, String param) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> chat(members))
                .satisfies(refused -> assertThat(refused.param()).isEqualTo(param));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'tools':null",
                "'tools':[]",
                "'tool_choice':'none'",
                "'tool_choice':'auto'",
                "'response_format':{'type':'text'}",
                "'modalities':['text']",
                "'store':false",
                "'detokenize':true",
                "'parallel_tool_calls':true",
                "'temperature':null",
                "'stop':null",
                "'nvext':{'use_raw_prompt':false}",
            })
    void valuesThatAskForNothingPass(String members) {
        assertThat(chat(members).options().model()).isEqualTo("m");
    }

    @Test
    void unknownFieldsAreAllNamed() {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> chat("'foo':1,'bar':{'x':[1]}"))
                .withMessage("Unsupported parameter(s): `foo`, `bar`")
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UNSUPPORTED_PARAMETER));
    }

    @Test
    void functionsAreNotImplemented() {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> chat("'functions':[{}]"))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.NOT_IMPLEMENTED));
    }

    @Test
    void stopLimitsBreakWhereTheDescriptionSays() {
        for (int count = 0; count <= 40; count++) {
            String texts = "'stop':[" + String.join(",", Collections.nCopies(count, "'x'")) + "]";
            String ids = "'stop_token_ids':[" + String.join(",", Collections.nCopies(count, "1")) + "]";
            for (String members : List.of(texts, ids)) {
                if (count <= SharedFields.MAX_STOPS) {
                    assertThat(chat(members).options()).isNotNull();
                } else {
                    assertThatExceptionOfType(Refusal.class)
                            .isThrownBy(() -> chat(members))
                            .withMessageContaining("at most " + SharedFields.MAX_STOPS);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[]|messages",
                "'x'|messages",
                "[{}]|messages[0].role",
                "[{'role':'wizard','content':'x'}]|messages[0].role",
                "[{'role':'user'}]|messages[0].content",
                "[{'role':'user','content':5}]|messages[0].content",
                "[{'role':'user','content':'a'},{'role':'user','content':[{'type':'text'}]}]|messages[1].content[0]",
                "[{'role':'user','content':[{'type':'image_url','image_url':{}}]}]|messages[0].content[0].image_url",
                "[{'role':'user','content':['x']}]|messages[0].content[0]",
                "[5]|messages[0]",
            })
    void wrongMessagesNameTheirPlace(String messages, String param) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> parse("{'model':'m','messages':" + messages + "}"))
                .satisfies(refused -> assertThat(refused.param()).isEqualTo(param));
    }

    @Test
    void requiredFieldsAreNamed() {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> parse("{'model':'m'}"))
                .satisfies(refused -> assertThat(refused.param()).isEqualTo("messages"));
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> parse("{'messages':[{'role':'user','content':'x'}],'model':null}"))
                .satisfies(refused -> assertThat(refused.param()).isEqualTo("model"));
    }

    @Test
    void promptsComeInFourForms() {
        assertThat(prompts("'text'")).containsExactly(new CompletionRequest.Prompt.Text("text"));
        assertThat(prompts("['a','b']")).hasSize(2);
        assertThat(((CompletionRequest.Prompt.Ids) prompts("[1,2,3]").getFirst()).ids())
                .containsExactly(1, 2, 3);
        assertThat(prompts("[[1],[2,3]]")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'prompt':[]|prompt",
                "'prompt':[[]]|prompt[0]",
                "'prompt':[1,'a']|prompt[1]",
                "'prompt':['a',1]|prompt[1]",
                "'prompt':{}|prompt",
                "'prompt':[-1]|prompt[0]",
                "'prompt':'a','logprobs':6|logprobs",
                "'prompt':'a','best_of':3,'n':2|best_of",
                "'prompt':'a','best_of':1,'n':2|best_of",
                "'prompt':'a','best_of':21|best_of",
                "'prompt':['a','b'],'n':65|n",
                "'prompt':'a','suffix':'b'|suffix",
                "'prompt':'a','max_tokens':0|max_tokens",
                "'prompt':'a','messages':[]|messages",
                "'n':1|prompt",
            })
    void wrongCompletionsNameTheirField(String members, String param) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> completion("{'model':'m'," + members + "}"))
                .satisfies(refused -> assertThat(refused.param()).isEqualTo(param));
    }

    private static List<CompletionRequest.Prompt> prompts(String prompt) {
        return completion("{'model':'m','prompt':" + prompt + "}").prompts();
    }

    private static CompletionRequest completion(String body) {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return CompletionRequest.parse(bytes, bytes.length);
    }

    private static ChatRequest chat(String members) {
        String model = members.contains("'model'") ? "" : "'model':'m',";
        return parse("{" + model + "'messages':[{'role':'user','content':'x'}]," + members + "}");
    }

    private static ChatRequest parse(String body) {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ChatRequest.parse(bytes, bytes.length);
    }
}
