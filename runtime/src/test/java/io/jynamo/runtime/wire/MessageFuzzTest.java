package io.jynamo.runtime.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.runtime.wire.v1.Delta;
import io.jynamo.runtime.wire.v1.End;
import io.jynamo.runtime.wire.v1.Load;
import io.jynamo.runtime.wire.v1.Start;
import org.junit.jupiter.api.Tag;

/**
 * Jazzer's way into the reading of messages, both sides': each becomes a value that says the same when it is sent on, or
 * is refused as INVALID_REQUEST. A normal run replays the corpus in the resources folder MessageFuzzTestInputs.
 */
@Tag("fuzz")
class MessageFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void requests(byte[] data) {
        orRefused(() -> {
            GenerationRequest request = RequestMessages.request(Start.parseFrom(data));
            assertThat(RequestMessages.request(RequestMessages.message(1, request)))
                    .isEqualTo(request);
        });
    }

    @FuzzTest(maxDuration = "5m")
    void deltas(byte[] data) {
        orRefused(() -> {
            TokenDelta delta = OutputMessages.delta(Delta.parseFrom(data));
            TokenDelta again = OutputMessages.delta(OutputMessages.message(delta));
            assertThat(again.tokens()).isEqualTo(delta.tokens());
            assertThat(again.finish()).isEqualTo(delta.finish());
            assertThat(again.text()).isEqualTo(delta.text());
            assertThat(again.logprobs()).hasSameSizeAs(delta.logprobs());
        });
    }

    @FuzzTest(maxDuration = "5m")
    void ends(byte[] data) {
        orRefused(() -> {
            var end = OutputMessages.end(End.parseFrom(data));
            assertThat(OutputMessages.end(OutputMessages.message(end))).isEqualTo(end);
        });
    }

    @FuzzTest(maxDuration = "5m")
    void events(byte[] data) {
        orRefused(() -> {
            KvEvent event = KvMessages.event(io.jynamo.runtime.wire.v1.KvEvent.parseFrom(data));
            assertThat(KvMessages.event(KvMessages.message(event)).id()).isEqualTo(event.id());
        });
    }

    @FuzzTest(maxDuration = "5m")
    void loads(byte[] data) {
        orRefused(() -> {
            WorkerLoad load = CardMessages.load(Load.parseFrom(data));
            assertThat(load.running()).isNotNegative();
            assertThat(load.waiting()).isNotNegative();
            assertThat(load.waitingPrefillTokens()).isNotNegative();
            assertThat(load.usedBlocks()).isNotNegative();
            assertThat(load.totalBlocks()).isNotNegative();
        });
    }

    /** Something that reads. */
    private interface Reading {
        void run() throws InvalidProtocolBufferException;
    }

    private static void orRefused(Reading reading) {
        try {
            reading.run();
        } catch (InvalidProtocolBufferException malformed) {
            // Ends the connection in the decoder.
        } catch (JynamoException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }
}
