package io.jynamo.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import org.junit.jupiter.api.Test;

class KvBudgetTest {
    private static final long GIB = 1L << 30;
    /** SmolLM2-135M: 45 KiB a token in single precision, 720 KiB a block. */
    private static final BlockSpace.Layout LAYOUT = new BlockSpace.Layout(30, 3, 64, BlockSpace.ElementType.F32, 16);

    @Test
    void givesEverySequenceItsContextWhereMemoryAllows() {
        assertThat(new KvBudget(LAYOUT, GIB, 100 * GIB).blocks(2048, 4)).isEqualTo(512);
    }

    @Test
    void givesWhatIsThereWhereItDoesNot() {
        int blocks = new KvBudget(LAYOUT, GIB, 2 * GIB).blocks(2048, 64);
        assertThat(blocks).isEqualTo((int) (GIB / LAYOUT.blockBytes())).isGreaterThan(128);
    }

    @Test
    void saysWhatIsMissingAndWhatFits() {
        KvBudget budget = new KvBudget(LAYOUT, 4 * GIB, 5 * GIB);
        assertThatThrownBy(() -> budget.blocks(131072, 1))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_DOES_NOT_FIT))
                .hasMessage("needs 9.6 GiB (weights 4.0 GiB, KV cache 5.6 GiB), 4.6 GiB missing;"
                        + " --max-model-len 23296 fits");
        assertThat(budget.blocks(23296, 1)).isEqualTo(1456);
    }

    @Test
    void saysThatNothingFits() {
        KvBudget budget = new KvBudget(LAYOUT, 4 * GIB, 3 * GIB);
        assertThatThrownBy(() -> budget.blocks(2048, 1)).hasMessageContaining("no context fits");
    }

    @Test
    void optionsReportEveryProblemAtOnce() {
        EngineOptions good = EngineOptions.of("m", 1024, 64);
        assertThatThrownBy(() -> EngineOptions.of(" ", 1024, 63).withBatch(0, 0))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("the model name is empty")
                .hasMessageContaining("hold 1008 tokens, less than max-model-len 1024");
        assertThatThrownBy(() -> good.withBatch(64, 8)).hasMessageContaining("max-batched-tokens must be at least 64");
        assertThat(good.withBatch(4, 64).maxBatchedTokens()).isEqualTo(64);
    }
}
