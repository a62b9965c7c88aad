package io.jynamo.runtime.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.ReplyParsers;
import io.jynamo.runtime.wire.v1.Card;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CardMessagesTest {
    private static final ModelCard PLAIN = new ModelCard("m", "a", 10, 10, 10, 1, 1, 1, 1, Set.of(), null);

    @Test
    void aCardNamesItsParsers() {
        for (var parsers : new ReplyParsers[] {
            new ReplyParsers("hermes", "basic"), new ReplyParsers("none", null), new ReplyParsers(null, "kimi")
        }) {
            ModelCard named = PLAIN.withParsers(parsers);
            assertThat(CardMessages.card(CardMessages.message(named))).isEqualTo(named);
        }
    }

    /** A worker of an earlier version does not have the fields, and one that names no parser sends what it sent. */
    @Test
    void aCardThatNamesNoneIsTheCardOfAnEarlierVersion() {
        Card message = CardMessages.message(PLAIN);
        assertThat(message.hasToolCallParser() || message.hasReasoningParser()).isFalse();
        assertThat(CardMessages.card(message).parsers()).isEqualTo(ReplyParsers.UNTOLD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt"})
    void aNameThatIsNoneIsRefused(String name) {
        Card.Builder forged = CardMessages.message(PLAIN).toBuilder();
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        CardMessages.card(forged.clone().setToolCallParser(name).build()))
                .withMessageContaining("parser");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> CardMessages.card(forged.setReasoningParser(name).build()));
    }
}
