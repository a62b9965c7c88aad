package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.Tokenizer.SpecialText;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;

/**
 * Jazzer's way into tokenizer.json. A normal run replays the corpus in the resources folder TokenizerJsonFuzzTestInputs; with
 * JAZZER_FUZZ=1 in the environment and -Dfuzz.search=true, one method at a time, it searches for files that break the reader or what it made.
 */
@Tag("fuzz")
class TokenizerJsonFuzzTest {
    private static final String TEXT = "hello hell 12 é中\n  x<|end|>\uD800 play.ing";
    private static final byte[] PLAIN = """
            {"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}""".getBytes(StandardCharsets.UTF_8);

    @FuzzTest(maxDuration = "80s")
    void file(byte[] data) {
        exercise(() -> Tokenizers.fromJson(data));
    }

    @FuzzTest(maxDuration = "80s")
    void config(byte[] data) {
        exercise(() -> TokenizerJson.read(PLAIN, data));
    }

    private static void exercise(Supplier<Tokenizer> read) {
        try {
            Tokenizer tokenizer = read.get();
            int[] ids = tokenizer.encodeFramed(TEXT, SpecialText.PARSE);
            tokenizer.encode(TEXT, SpecialText.PLAIN);
            var decoder = tokenizer.newDecoder(false);
            var streamed = new StringBuilder();
            for (int id : ids) {
                streamed.append(decoder.push(id));
            }
            assertThat(streamed.append(decoder.flush()).toString()).isEqualTo(tokenizer.decode(ids, false));
        } catch (JynamoException e) {
            assertThat(e.code()).isIn(ErrorCode.MODEL_FILE_CORRUPT, ErrorCode.TOKENIZER_UNSUPPORTED);
        }
    }
}
