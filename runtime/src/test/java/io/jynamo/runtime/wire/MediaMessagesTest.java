package io.jynamo.runtime.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.runtime.wire.v1.Start;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Conversations with media survive the wire, and reach nobody who does not read them. */
class MediaMessagesTest {
    private static final ModelCard TEXT = new ModelCard("m", "a", 10, 10, 10, 1, 1, 1, 1, Set.of(), null);
    private static final ModelCard SEEING = TEXT.withModalities(Set.of(Modality.TEXT, Modality.IMAGE));

    private static Start start() {
        MediaChat chat = new MediaChat(
                List.of("[\"", "\",\"", "\"]"),
                List.of(
                        new Media(Modality.IMAGE, "image/png", new byte[] {1, 2}),
                        new Media(Modality.IMAGE, "image/gif", new byte[] {3})),
                "[]",
                "{\"a\":1}",
                false,
                true,
                true);
        return RequestMessages.message(
                1,
                GenerationRequest.of(new RequestId("r"), TokenIds.of(1), Sampling.GREEDY, Stopping.after(1))
                        .withChat(chat));
    }

    @Test
    void aConversationIsTheSameBehindTheWire() throws Exception {
        Start parsed = Start.parseFrom(start().toByteArray());
        MediaChat chat =
                Objects.requireNonNull(RequestMessages.request(parsed, SEEING).chat());
        assertThat(chat.pieces()).containsExactly("[\"", "\",\"", "\"]");
        assertThat(chat.media()).extracting(Media::type).containsExactly("image/png", "image/gif");
        assertThat(chat.media().getFirst().bytes()).containsExactly(1, 2);
        assertThat(chat.tools()).isEqualTo("[]");
        assertThat(chat.templateArguments()).isEqualTo("{\"a\":1}");
        assertThat(chat.addGenerationPrompt()).isFalse();
        assertThat(chat.continueFinalMessage()).isTrue();
        assertThat(chat.untilContext()).isTrue();
    }

    @Test
    void aWorkerOfTextRefusesWhatItsModelDoesNotRead() {
        JynamoException refused =
                catchThrowableOfType(JynamoException.class, () -> RequestMessages.request(start(), TEXT));
        assertThat(refused.code()).isEqualTo(ErrorCode.UNSUPPORTED_PARAMETER);
        assertThat(refused).hasMessageContaining("image");
    }

    @Test
    void whatContradictsItselfIsRefused() {
        for (Start forged : List.of(
                start().toBuilder()
                        .setChat(start().getChat().toBuilder().clearMedia())
                        .build(),
                start().toBuilder()
                        .setChat(start().getChat().toBuilder().addPieces("x"))
                        .build(),
                start().toBuilder()
                        .setChat(start().getChat().toBuilder().setAddGenerationPrompt(true))
                        .build(),
                start().toBuilder()
                        .setChat(start().getChat().toBuilder()
                                .setMedia(
                                        0,
                                        io.jynamo.runtime.wire.v1.Media.newBuilder()
                                                .setModality("smell")))
                        .build())) {
            JynamoException refused =
                    catchThrowableOfType(JynamoException.class, () -> RequestMessages.request(forged, SEEING));
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void aCardSaysWhatItsModelReads() {
        assertThat(CardMessages.message(SEEING).getModalitiesList()).containsExactly("image");
        assertThat(CardMessages.card(CardMessages.message(SEEING)).modalities())
                .containsExactlyInAnyOrder(Modality.TEXT, Modality.IMAGE);
        assertThat(CardMessages.card(CardMessages.message(TEXT).toBuilder()
                                .addModalities("smell")
                                .build())
                        .modalities())
                .containsExactly(Modality.TEXT);
    }
}
