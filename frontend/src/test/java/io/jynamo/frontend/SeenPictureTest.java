package io.jynamo.frontend;

import static io.jynamo.frontend.fake.ScriptedWorker.MEDIUM_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.media.Pictures;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediumName;
import io.jynamo.protocol.Modality;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.template.ChatPrompt;
import io.jynamo.text.template.MediaTokens;
import io.jynamo.text.template.SpecialTokens;
import io.jynamo.text.template.TemplateSources;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pictures in what routers are asked, of a model whose template writes a token for each. */
class SeenPictureTest {
    private static final int PAD = '#';
    /** In the prompt of text alone, by which the worker counts, the three parts are lines. */
    private static final int PICTURE_TOKENS = MEDIUM_TOKENS + 2;

    private static final String TEMPLATE = "{% for m in messages %}{% if m.content is string %}{{ m.content }}"
            + "{% else %}{% for p in m.content %}{{ '#' if p.type == 'image' else p.text }}{% endfor %}{% endif %}"
            + "{% endfor %}";

    private static ServerFixture seeing() {
        ServerFixture server = new ServerFixture(
                new ScriptedWorker(request -> ScriptedWorker.Script.text("a cat")).reading(Modality.IMAGE),
                options -> options);
        server.models.offer(new ServedModel(
                "eyes",
                "eyes",
                null,
                server.worker.card(),
                new ByteTokenizer(),
                ChatPrompt.compile(TemplateSources.of(TEMPLATE), SpecialTokens.of("<bos>", "<eos>"))
                        .withMedia(new MediaTokens(Map.of(Modality.IMAGE, PAD))),
                ReplyFormat.PLAIN,
                server.router,
                ServedModel.PLAIN_SAMPLING,
                1_700_000_000));
        return server;
    }

    /** What the router is asked for a picture between words. */
    private static int[] asked(ServerFixture server, String words, String more) {
        HttpResponse<String> answer = server.post(
                "/v1/chat/completions",
                "{'model':'eyes','messages':[{'role':'user','content':[{'type':'text','text':'" + words
                        + "'},{'type':'image_url','image_url':{'url':'" + Pictures.url("image/png", Pictures.PNG)
                        + "'},'uuid':'mine'},{'type':'text','text':'what?'}]}]" + more + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return server.router.requests().getLast().prompt().toArray();
    }

    private static int[] expected(String words, int count, String salt) {
        byte[] text = (words + "#".repeat(count) + "what?").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        int[] ids = new int[text.length];
        Arrays.setAll(ids, i -> text[i]);
        String name = MediumName.of(new Media(Modality.IMAGE, "image/png", Pictures.PNG))
                .within(salt.isEmpty() ? null : salt);
        MediumName.mark(ids, words.length(), words.length() + count, name, 0);
        return ids;
    }

    @Test
    void aPictureIsAsLongAsTheEngineSaidItWas() throws Exception {
        try (ServerFixture server = seeing()) {
            assertThat(asked(server, "look", "")).isEqualTo(expected("look", 1, ""));
            int[] known = expected("other words", PICTURE_TOKENS, "");
            ServerFixture.await(() -> Arrays.equals(asked(server, "other words", ""), known));
            assertThat(asked(server, "salt", ",'cache_salt':'x'")).isEqualTo(expected("salt", PICTURE_TOKENS, "x"));
        }
    }

    /** A client's own word for the template's token would stand for a picture that is not there. */
    @Test
    void aTokenOfTheClientsOwnIsNoPicture() throws Exception {
        try (ServerFixture server = seeing()) {
            assertThat(asked(server, "a#b", "")).doesNotContain(expected("a#b", 1, "")[3]);
        }
    }
}
