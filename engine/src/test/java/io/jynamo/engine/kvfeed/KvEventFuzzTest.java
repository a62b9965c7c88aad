package io.jynamo.engine.kvfeed;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/**
 * Jazzer's way into the reader of engine events and what comes after it. A normal run replays the corpus in the
 * resources folder KvEventFuzzTestInputs; with JAZZER_FUZZ=1 in the environment and -Dfuzz.search=true it searches.
 */
@Tag("fuzz")
class KvEventFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void message(byte[] data) {
        if (KvEventDecoder.decode(data) instanceof Decoding.Batch batch) {
            for (int blockTokens : new int[] {4, 32}) {
                KvEventTranslator translator = new KvEventTranslator(blockTokens, 64);
                Told told = new Told();
                told.on(translator.on(batch));
                told.on(translator.on(batch));
                told.agreesWith(translator.snapshot());
                told.agreesWith(translator.digest());
            }
        }
    }
}
