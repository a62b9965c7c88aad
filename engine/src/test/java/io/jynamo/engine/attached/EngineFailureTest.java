package io.jynamo.engine.attached;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineFailureTest {
    /** Words of vLLM 0.32, llama.cpp, SGLang 0.5 and trtllm-serve. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "400 | INVALID_REQUEST | {\"error\":{\"message\":\"bad top_k\",\"type\":\"Bad Request\",\"code\":400}}",
                "400 | CONTEXT_LENGTH_EXCEEDED | {\"error\":{\"message\":\"This model's maximum context length is 2048 tokens. However\",\"code\":400}}",
                "400 | CONTEXT_LENGTH_EXCEEDED | {\"error\":{\"code\":400,\"message\":\"request (3000 tokens)\",\"type\":\"exceed_context_size_error\"}}",
                "400 | INVALID_REQUEST | {\"error\":\"unknown field `bogus`\"}",
                "400 | INVALID_REQUEST | {\"object\":\"error\",\"message\":\"extra_forbidden\",\"code\":400}",
                "422 | INVALID_REQUEST | {\"detail\":[{\"msg\":\"missing\"}]}",
                "401 | INVALID_CONFIGURATION | {\"error\":\"Unauthorized\"}",
                "403 | INVALID_CONFIGURATION | {\"error\":{\"message\":\"Scale-out endpoints are disabled\"}}",
                "404 | MODEL_NOT_FOUND | {\"error\":{\"message\":\"The model `nope` does not exist.\"}}",
                "404 | INVALID_CONFIGURATION | {\"detail\":\"Not Found\"}",
                "413 | BODY_TOO_LARGE | too large",
                "429 | OVERLOADED | slow down",
                "503 | OVERLOADED | {\"error\":{\"message\":\"The engine is currently busy\"}}",
                "503 | NOT_READY | {\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}",
                "529 | OVERLOADED | x",
                "500 | INTERNAL | Internal Server Error",
                "502 | WORKER_LOST | <html>",
                "302 | INVALID_CONFIGURATION | x",
            })
    void mapsStatusAndWords(int status, ErrorCode code, String body) {
        GenerationEnd.Failure failure = EngineFailure.of("http://e:1", status, null, body);
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.message()).startsWith("the engine at http://e:1 answered " + status);
    }

    @Test
    void keepsTheEnginesWordsAndBoundsThem() {
        assertThat(EngineFailure.of("u", 400, null, "{\"error\":{\"message\":\"no such thing\"}}")
                        .message())
                .endsWith("answered 400: no such thing");
        assertThat(EngineFailure.of("u", 500, null, "x".repeat(5000)).message()).hasSizeLessThan(1100);
        assertThat(EngineFailure.of("u", 401, null, "").message()).contains("key");
    }

    @Test
    void readsWhenToComeAgain() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(EngineFailure.retryAfter("7", now)).isEqualTo(Duration.ofSeconds(7));
        assertThat(EngineFailure.retryAfter("Thu, 01 Jan 2026 00:00:30 GMT", now))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(EngineFailure.retryAfter("99999999", now)).isEqualTo(Duration.ofHours(1));
        assertThat(EngineFailure.retryAfter("-5", now)).isEqualTo(Duration.ZERO);
        assertThat(EngineFailure.retryAfter("soon", now)).isNull();
        assertThat(EngineFailure.of("u", 503, "7", "").retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(EngineFailure.of("u", 400, "7", "").retryAfter()).isNull();
    }
}
