package io.jynamo.frontend.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PromptInputTest {
    private static Fields of(String json) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return Fields.read(bytes, bytes.length);
    }

    /** Dynamo's own vector: tokens 1 to 12 in blocks of four. */
    @Test
    void tokens_are_hashed_as_dynamo_hashes_them() {
        PromptInput prompt = PromptInput.forSelection(of("{'token_ids':[1,2,3,4,5,6,7,8,9,10,11,12,13]}"), 4);
        assertThat(prompt.tokens()).isEqualTo(13);
        assertThat(prompt.hashes().sequence())
                .containsExactly(
                        Long.parseUnsignedLong("14643705804678351452"),
                        4945711292740353085L,
                        Long.parseUnsignedLong("12583592247330656132"));
    }

    @Test
    void hashes_stand_for_tokens_that_are_not_told() {
        PromptInput prompt =
                PromptInput.forSelection(of("{'block_hashes':[-1,5],'sequence_hashes':[-1,7],'isl_tokens':9}"), 4);
        assertThat(prompt.tokens()).isEqualTo(9);
        assertThat(prompt.hashes().local()).containsExactly(-1, 5);
        assertThat(prompt.hashes().sequence()).containsExactly(-1, 7);
        assertThat(PromptInput.forReservation(of("{'sequence_hashes':[-1,7],'isl_tokens':9}"), 4)
                        .hashes()
                        .sequence())
                .containsExactly(-1, 7);
    }

    @Test
    void nothing_is_hashed_from_the_first_block_with_an_image_on() {
        String images = "{'mm_routing_info':{'routing_token_ids':[1,2,3,4,5,6,7,8,9,10,11,12],"
                + "'block_mm_infos':[null,{'mm_objects':[{'mm_hash':42}]},null]}}";
        PromptInput prompt = PromptInput.forSelection(of(images), 4);
        assertThat(prompt.tokens()).isEqualTo(12);
        assertThat(prompt.hashes().count()).isEqualTo(1);
    }

    @Test
    void more_blocks_than_a_prompt_may_have_are_refused() {
        String many = "{'sequence_hashes':[" + "1,".repeat(20_000) + "1],'isl_tokens':9}";
        assertThatThrownBy(() -> PromptInput.forReservation(of(many), 1 << 16))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("more than a prompt may have");
        assertThatThrownBy(() -> PromptInput.forSelection(of("{'token_ids':[1],'is_eagle':true}"), 4))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("is_eagle");
    }
}
