package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.Tokenizer.SpecialText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Broken files of every kind end in a named error or in a tokenizer that works, never in anything else. */
class MutationTest {
    private static final int[] KINDS = {2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 6, 1};
    private static final int ROUNDS = 1500;
    private static final String TEXT = "hello hell 12 é中\n  x<|end|>\uD800 play.ing";

    @Test
    void tokenizerJson() {
        for (Map<String, Object> file : List.of(
                SmallVocabularies.byteLevel("h e", "l l", "he ll"),
                SmallVocabularies.marks(),
                SmallVocabularies.unigram(),
                SmallVocabularies.wordPiece(),
                SmallVocabularies.wordLevel())) {
            mutate(SmallVocabularies.bytes(file), bytes -> TokenizerJson.read(bytes, null));
        }
    }

    @Test
    void tokenizerConfig() {
        byte[] json = SmallVocabularies.bytes(SmallVocabularies.byteLevel());
        byte[] config =
                "{\"added_tokens_decoder\":{\"2000\":{\"content\":\"<x>\",\"special\":true}},\"bos_token\":\"<x>\"}"
                        .getBytes(StandardCharsets.UTF_8);
        assertThat(TokenizerJson.read(json, config).encode("<x>", SpecialText.PARSE))
                .containsExactly(2000);
        mutate(config, bytes -> TokenizerJson.read(json, bytes));
    }

    @Test
    void sentencePiece() {
        byte[] file = sentencePieceModel();
        PipelineTokenizer tokenizer = SentencePieceFile.read(file);
        int[] ids = tokenizer.encode("ab é", SpecialText.PLAIN);
        assertThat(tokenizer.decode(ids, false)).isEqualTo("ab é");
        mutate(file, SentencePieceFile::read);
    }

    @Test
    void tiktokenAndTekken() {
        var ranks = new StringBuilder();
        var entries = new StringBuilder();
        for (int b = 0; b < 257; b++) {
            byte[] token = b < 256 ? new byte[] {(byte) b} : "ab".getBytes(StandardCharsets.UTF_8);
            String base64 = Base64.getEncoder().encodeToString(token);
            ranks.append(base64).append(' ').append(b).append('\n');
            entries.append(b == 0 ? "" : ",").append("{\"rank\":%d,\"token_bytes\":\"%s\"}".formatted(b, base64));
        }
        byte[] file = ranks.toString().getBytes(StandardCharsets.UTF_8);
        byte[] spec =
                "{\"pattern\":\"\\\\S+|\\\\s+\",\"special_tokens\":{\"<|end|>\":300}}".getBytes(StandardCharsets.UTF_8);
        assertThat(TiktokenFile.read(file, spec).encode("ab<|end|>", SpecialText.PARSE))
                .containsExactly(256, 300);
        mutate(file, bytes -> TiktokenFile.read(bytes, spec));
        mutate(spec, bytes -> TiktokenFile.read(file, bytes));
        byte[] tekken =
                ("{\"config\":{\"pattern\":\"\\\\S+|\\\\s+\",\"default_vocab_size\":277,\"default_num_special_tokens\":20},\"vocab\":["
                                + entries + "]}")
                        .getBytes(StandardCharsets.UTF_8);
        assertThat(TekkenFile.read(tekken).encodeFramed("ab", SpecialText.PARSE))
                .containsExactly(1, 276);
        mutate(tekken, TekkenFile::read);
    }

    @Test
    void ggufMetadata() {
        var random = new Random(5);
        Object[] odd = {
            null,
            -1L,
            1L << 40,
            7.5,
            "text",
            true,
            new int[0],
            List.of(1L, 2L),
            new String[] {"a", "b"},
            new float[] {Float.NaN}
        };
        for (String model : List.of("gpt2", "llama", "bert", "t5", "gemma4", "rwkv")) {
            Map<String, Object> whole = gguf(model);
            for (String key : List.copyOf(whole.keySet())) {
                for (Object value : odd) {
                    var changed = new HashMap<>(whole);
                    if (value == null) {
                        changed.remove(key);
                    } else {
                        changed.put(key, value);
                    }
                    exercise("gguf " + model + " " + key + "=" + value, () ->
                            (PipelineTokenizer) Tokenizers.fromGguf(changed));
                }
            }
            int[] kinds = KINDS.clone();
            for (int n = 0; n < 50; n++) {
                kinds[random.nextInt(kinds.length)] = random.nextInt(-2, 9);
                var changed = new HashMap<>(whole);
                changed.put("tokenizer.ggml.token_type", kinds.clone());
                exercise("gguf " + model + " kinds", () -> (PipelineTokenizer) Tokenizers.fromGguf(changed));
            }
        }
    }

    private static Map<String, Object> gguf(String model) {
        String[] tokens = {"<unk>", "<s>", "</s>", "a", "b", "ab", "▁", "▁a", "h", "e", "he", "<0x41>", "."};
        var scores = new float[tokens.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = -i;
        }
        var values = new HashMap<String, Object>();
        values.put("tokenizer.ggml.model", model);
        values.put("tokenizer.ggml.pre", "smollm");
        values.put("tokenizer.ggml.tokens", tokens);
        values.put("tokenizer.ggml.token_type", KINDS.clone());
        values.put("tokenizer.ggml.scores", scores);
        values.put("tokenizer.ggml.merges", new String[] {"a b", "h e"});
        values.put("tokenizer.ggml.bos_token_id", 1L);
        values.put("tokenizer.ggml.unknown_token_id", 0L);
        values.put("tokenizer.ggml.seperator_token_id", 2L);
        values.put("tokenizer.ggml.cls_token_id", 1L);
        values.put("tokenizer.ggml.add_bos_token", true);
        return values;
    }

    private static byte[] sentencePieceModel() {
        var file = new ByteArrayOutputStream();
        String[] pieces = {"<unk>", "<s>", "▁", "a", "b", "▁a", "ab", "▁ab", "[X]"};
        for (int i = 0; i < pieces.length + 256; i++) {
            byte[] text = (i < pieces.length ? pieces[i] : "<0x%02X>".formatted(i - pieces.length))
                    .getBytes(StandardCharsets.UTF_8);
            int kind = i >= pieces.length ? 6 : i == 0 ? 2 : i == 1 ? 3 : i == 8 ? 4 : 1;
            int bits = Float.floatToIntBits(-i);
            file.write(0x0A);
            file.write(text.length + 2 + 5 + 2);
            file.write(0x0A);
            file.write(text.length);
            file.writeBytes(text);
            file.writeBytes(
                    new byte[] {0x15, (byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), (byte) (bits >> 24)});
            file.writeBytes(new byte[] {0x18, (byte) kind});
        }
        file.writeBytes(new byte[] {0x12, 5, 0x18, 2, (byte) 0x98, 2, 1});
        file.writeBytes(new byte[] {0x1A, 2, 0x20, 0});
        return file.toByteArray();
    }

    private static void mutate(byte[] file, Function<byte[], PipelineTokenizer> read) {
        for (long seed : new long[] {11, System.nanoTime()}) {
            var random = new Random(seed);
            for (int n = 0; n < ROUNDS / 2; n++) {
                byte[] broken = broken(file, random);
                exercise("seed " + seed + " round " + n, () -> read.apply(broken));
            }
        }
    }

    private static byte[] broken(byte[] file, Random random) {
        byte[] copy = file.clone();
        int at = random.nextInt(copy.length);
        int length = Math.min(copy.length - at, 1 + random.nextInt(24));
        switch (random.nextInt(5)) {
            case 0 -> {
                return Arrays.copyOf(copy, at);
            }
            case 1 -> copy[at] = (byte) random.nextInt(256);
            case 2 -> {
                byte[] shorter = Arrays.copyOf(copy, copy.length - length);
                System.arraycopy(copy, at + length, shorter, at, copy.length - at - length);
                return shorter;
            }
            case 3 -> {
                byte[] digits = {'9', '-', '{', '[', ']', '}', '"', '0', ',', ':'};
                for (int i = at; i < at + Math.min(length, 4); i++) {
                    copy[i] = digits[random.nextInt(digits.length)];
                }
            }
            default -> System.arraycopy(copy, random.nextInt(copy.length - length + 1), copy, at, length);
        }
        return copy;
    }

    private static void exercise(String what, java.util.function.Supplier<PipelineTokenizer> read) {
        try {
            PipelineTokenizer tokenizer = read.get();
            int[] ids = tokenizer.encodeFramed(TEXT, SpecialText.PARSE);
            String text = tokenizer.decode(ids, false);
            var decoder = tokenizer.newDecoder(false);
            var streamed = new StringBuilder();
            for (int id : ids) {
                streamed.append(decoder.push(id));
            }
            assertThat(streamed.append(decoder.flush()).toString()).as(what).isEqualTo(text);
        } catch (JynamoException e) {
            assertThat(e.code()).as(what).isIn(ErrorCode.MODEL_FILE_CORRUPT, ErrorCode.TOKENIZER_UNSUPPORTED);
        } catch (RuntimeException e) {
            fail(what, e);
        }
    }
}
