package io.jynamo.runtime.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.jynamo.protocol.BlockDigest;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediaChat;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.ReplyParsers;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.SequenceHash;
import io.jynamo.protocol.SessionNews;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.runtime.wire.v1.Cancel;
import io.jynamo.runtime.wire.v1.Challenge;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Credit;
import io.jynamo.runtime.wire.v1.Description;
import io.jynamo.runtime.wire.v1.Goodbye;
import io.jynamo.runtime.wire.v1.Hello;
import io.jynamo.runtime.wire.v1.KvEvents;
import io.jynamo.runtime.wire.v1.Output;
import io.jynamo.runtime.wire.v1.Ping;
import io.jynamo.runtime.wire.v1.Pong;
import io.jynamo.runtime.wire.v1.Proof;
import io.jynamo.runtime.wire.v1.Sessions;
import io.jynamo.runtime.wire.v1.State;
import io.jynamo.runtime.wire.v1.StreamOutput;
import io.jynamo.runtime.wire.v1.Subscribe;
import io.jynamo.runtime.wire.v1.Welcome;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bytes that docs/wire.md shows are those that are sent. */
class WireGoldenTest {
    private static final ByteString NONCE =
            ByteString.copyFrom("0123456789abcdef", java.nio.charset.StandardCharsets.US_ASCII);

    @Test
    void thePageShowsTheBytesThatAreSent() throws IOException {
        Path page = Path.of(System.getProperty("jynamo.root"), "docs", "wire.md");
        String text = Files.readString(page);
        int table = text.indexOf("| frame | bytes |");
        StringBuilder expected = new StringBuilder("| frame | bytes |\n|---|---|\n");
        frames().forEach((name, frame) -> expected.append("| ")
                .append(name)
                .append(" | `")
                .append(hex(frame))
                .append("` |\n"));
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(page, text.substring(0, table) + expected);
        }
        assertThat(text.substring(table)).isEqualTo(expected.toString());
    }

    private static Map<String, MessageLite> frames() {
        Map<String, MessageLite> frames = new LinkedHashMap<>();
        frames.put(
                "Hello, version 1, worker 0x2a",
                client(ClientFrame.newBuilder()
                        .setHello(Hello.newBuilder()
                                .setMinVersion(1)
                                .setMaxVersion(1)
                                .setWorkerId(0x2a)
                                .setNonce(NONCE)
                                .setClient("frontend"))));
        frames.put(
                "Challenge without a token",
                WorkerFrame.newBuilder()
                        .setChallenge(Challenge.newBuilder().setNonce(NONCE))
                        .build());
        frames.put("Proof without a token", client(ClientFrame.newBuilder().setProof(Proof.getDefaultInstance())));
        frames.put(
                "Welcome, loading",
                WorkerFrame.newBuilder()
                        .setWelcome(Welcome.newBuilder()
                                .setVersion(1)
                                .setMaxFrame(1 << 26)
                                .setDescription(Description.newBuilder()
                                        .setWorkerId(0x2a)
                                        .setState(State.LOADING)
                                        .setEngine("sim")
                                        .addServedNames("m")))
                        .build());
        frames.put(
                "Description, ready",
                WorkerFrame.newBuilder()
                        .setDescription(Description.newBuilder()
                                .setWorkerId(0x2a)
                                .setState(State.READY)
                                .setEngine("sim")
                                .addServedNames("m")
                                .setCard(CardMessages.message(new ModelCard(
                                        "m", "simulated", 1000, 4096, 4096, 16, 256, 512, 8, Set.of(2), 1, Set.of()))))
                        .build());
        frames.put(
                "Description, with parsers",
                WorkerFrame.newBuilder()
                        .setDescription(Description.newBuilder()
                                .setWorkerId(0x2a)
                                .setState(State.READY)
                                .addServedNames("m")
                                .setCard(CardMessages.message(
                                        new ModelCard("m", "a", 1000, 4096, 4096, 16, 0, 0, 0, Set.of(), null, Set.of())
                                                .withParsers(new ReplyParsers("hermes", "none")))))
                        .build());
        frames.put(
                "Embed, a text and a pair",
                client(ClientFrame.newBuilder()
                        .setEmbed(EmbeddingMessages.message(
                                2,
                                new EmbeddingRequest(
                                        new RequestId("e"),
                                        List.of(
                                                EmbeddingRequest.Text.of(TokenIds.of(101, 102)),
                                                new EmbeddingRequest.Text(TokenIds.of(101, 7, 102), 2, null)),
                                        Duration.ofMinutes(10))))));
        frames.put(
                "Output: the vectors of stream 2, and its end",
                WorkerFrame.newBuilder()
                        .setOutput(Output.newBuilder()
                                .addStreams(StreamOutput.newBuilder()
                                        .setStream(2)
                                        .addVectors(EmbeddingMessages.bytes(new float[] {1, -0.5f}, 0, 2))
                                        .setEnd(OutputMessages.message(new GenerationEnd(new Usage(5, 0, 0), null)))))
                        .build());
        frames.put(
                "Start, three tokens, greedy",
                client(ClientFrame.newBuilder()
                        .setStart(RequestMessages.message(
                                1,
                                GenerationRequest.of(
                                        new RequestId("r"),
                                        TokenIds.of(1, 300, 70_000),
                                        Sampling.GREEDY,
                                        Stopping.after(5))))));
        frames.put(
                "Start, held to a schema after reasoning",
                client(ClientFrame.newBuilder()
                        .setStart(RequestMessages.message(
                                2,
                                GenerationRequest.of(
                                                new RequestId("r"), TokenIds.of(1), Sampling.GREEDY, Stopping.after(5))
                                        .withConstraint(new OutputConstraint(
                                                new OutputConstraint.JsonSchema("{}", true, false),
                                                new OutputConstraint.Thinking(
                                                        true, List.of("<t>"), List.of("</t>"))))))));
        frames.put(
                "Start, with an image",
                client(ClientFrame.newBuilder()
                        .setStart(RequestMessages.message(
                                3,
                                GenerationRequest.of(
                                                new RequestId("r"), TokenIds.of(1), Sampling.GREEDY, Stopping.after(5))
                                        .withChat(new MediaChat(
                                                List.of("[\"", "\"]"),
                                                List.of(new Media(Modality.IMAGE, "image/png", new byte[] {1, 2})),
                                                null,
                                                "{}",
                                                true,
                                                false,
                                                false))))));
        frames.put(
                "Credit of 8",
                client(ClientFrame.newBuilder()
                        .setCredit(Credit.newBuilder().setStream(1).setTokens(8))));
        frames.put(
                "Cancel of choice 0",
                client(ClientFrame.newBuilder()
                        .setCancel(Cancel.newBuilder().setStream(1).setChoice(0))));
        frames.put(
                "Output: accepted and prompt of stream 1",
                output(StreamOutput.newBuilder()
                        .setStream(1)
                        .setAccepted(true)
                        .setPrompt(OutputMessages.promptDone(16, List.of()))));
        frames.put(
                "Output: a token of streams 1 and 2",
                output(
                        StreamOutput.newBuilder()
                                .setStream(1)
                                .addDeltas(OutputMessages.message(
                                        new TokenDelta(0, TokenIds.of(7), List.of(), null, null))),
                        StreamOutput.newBuilder()
                                .setStream(2)
                                .addDeltas(OutputMessages.message(new TokenDelta(
                                        1,
                                        TokenIds.of(300),
                                        List.of(new TokenLogprobs(
                                                300, -0.5f, new int[] {300, 4}, new float[] {-0.5f, -2f})),
                                        null,
                                        null)))));
        frames.put(
                "Output: the end of stream 1",
                output(StreamOutput.newBuilder()
                        .setStream(1)
                        .addDeltas(OutputMessages.message(
                                new TokenDelta(0, TokenIds.empty(), List.of(), FinishReason.STOP, 2)))
                        .setEnd(OutputMessages.message(new GenerationEnd(new Usage(3, 0, 5), null)))));
        frames.put(
                "Output: stream 2 is refused",
                output(StreamOutput.newBuilder()
                        .setStream(2)
                        .setEnd(OutputMessages.message(new GenerationEnd(
                                new Usage(3, 0, 0),
                                new GenerationEnd.Failure(ErrorCode.OVERLOADED, "full", Duration.ofMillis(1500)))))));
        frames.put(
                "Subscribe",
                client(ClientFrame.newBuilder()
                        .setSubscribe(Subscribe.newBuilder().setSubscription(1))));
        frames.put(
                "KvEvents, a block stored",
                WorkerFrame.newBuilder()
                        .setKvEvents(KvEvents.newBuilder()
                                .setSubscription(1)
                                .addEvents(KvMessages.message(new KvEvent.Stored(
                                        9,
                                        new SequenceHash(5),
                                        new BlockHashes(new long[] {6}, new long[] {7}),
                                        KvEvent.Tier.DEVICE))))
                        .build());
        frames.put(
                "KvEvents, a digest",
                WorkerFrame.newBuilder()
                        .setKvEvents(KvEvents.newBuilder()
                                .setSubscription(1)
                                .setDigest(KvMessages.message(
                                        new KvEvent.Digest(9, Map.of(KvEvent.Tier.HOST, new BlockDigest(2, 7, 8))))))
                        .build());
        frames.put(
                "Ping",
                client(ClientFrame.newBuilder().setPing(Ping.newBuilder().setNumber(3))));
        frames.put(
                "Pong",
                WorkerFrame.newBuilder()
                        .setPong(Pong.newBuilder()
                                .setNumber(3)
                                .setLoad(CardMessages.message(new WorkerLoad(1, 2, 300, 4, 256))))
                        .build());
        frames.put(
                "Sessions, a client's, which listens",
                client(ClientFrame.newBuilder()
                        .setSessions(Sessions.newBuilder()
                                .addKeys(SessionNews.key("conversation-7"))
                                .setListen(true))));
        frames.put(
                "Sessions, those of others",
                WorkerFrame.newBuilder()
                        .setSessions(SessionMessages.message(
                                List.of(new SessionNews(SessionNews.key("conversation-7"), 1_500_000_000))))
                        .build());
        frames.put(
                "Goodbye",
                WorkerFrame.newBuilder()
                        .setGoodbye(Goodbye.newBuilder().setCode("not_ready").setMessage("stopping"))
                        .build());
        return frames;
    }

    private static MessageLite client(ClientFrame.Builder frame) {
        return frame.build();
    }

    private static MessageLite output(StreamOutput.Builder... streams) {
        Output.Builder step = Output.newBuilder();
        for (StreamOutput.Builder stream : streams) {
            step.addStreams(stream);
        }
        return WorkerFrame.newBuilder().setOutput(step).build();
    }

    private static String hex(MessageLite message) {
        ByteBuf frame = Frames.encode(UnpooledByteBufAllocator.DEFAULT, message);
        try {
            return ByteBufUtil.hexDump(frame);
        } finally {
            frame.release();
        }
    }
}
