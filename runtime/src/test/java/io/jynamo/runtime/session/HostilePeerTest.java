package io.jynamo.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.runtime.wire.RequestMessages;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Hello;
import io.jynamo.runtime.wire.v1.Ping;
import io.jynamo.runtime.wire.v1.Proof;
import io.jynamo.runtime.wire.v1.Start;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that say what they should not are told so, and hold nothing. */
class HostilePeerTest {
    private static final String TOKEN = "a token of sixteen";
    private static final SessionLimits LIMITS = new SessionLimits(
            1 << 20,
            2,
            3,
            Duration.ofMillis(500),
            Duration.ofMillis(200),
            Duration.ofMillis(600),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofMillis(900),
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofSeconds(1));

    private final Transport transport = new Transport(1);
    private final CountingWorker worker = new CountingWorker(0x2a);
    private WorkerServer server;

    @BeforeEach
    void listen() {
        server = WorkerServer.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new Credentials(TOKEN, null),
                LIMITS,
                transport);
        server.host(WorkerDescription.loading(worker.id(), "test", List.of("counting"), ""))
                .ready(worker, List.of());
    }

    @AfterEach
    void close() {
        server.close();
        transport.close();
    }

    @Test
    void aRequestBeforeTheProofIsNotServed() throws IOException {
        try (Peer peer = peer()) {
            peer.send(ClientFrame.newBuilder().setStart(start(1)));
            assertThat(peer.goodbye()).isEqualTo("authentication_required");
        }
        assertThat(worker.started).isEmpty();
    }

    @Test
    void aWrongProofIsNotServed() throws IOException {
        try (Peer peer = peer()) {
            peer.hello();
            peer.read();
            peer.send(
                    ClientFrame.newBuilder().setProof(Proof.newBuilder().setProof(ByteString.copyFrom(new byte[32]))));
            peer.send(ClientFrame.newBuilder().setStart(start(1)));
            assertThat(peer.goodbye()).isEqualTo("authentication_required");
        }
        assertThat(worker.started).isEmpty();
    }

    @Test
    void aProofOfAnotherSessionOpensNothing() throws IOException {
        ByteString recorded;
        try (Peer peer = peer()) {
            recorded = peer.open();
        }
        try (Peer thief = peer()) {
            thief.hello();
            thief.read();
            thief.send(ClientFrame.newBuilder().setProof(Proof.newBuilder().setProof(recorded)));
            assertThat(thief.goodbye()).isEqualTo("authentication_required");
        }
    }

    @Test
    void theWorkersOwnProofSentBackOpensNothing() throws IOException {
        try (Peer mirror = peer()) {
            mirror.hello();
            ByteString theirs = mirror.read().getChallenge().getProof();
            mirror.send(ClientFrame.newBuilder().setProof(Proof.newBuilder().setProof(theirs)));
            assertThat(mirror.goodbye()).isEqualTo("authentication_required");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4097, 1 << 20, Integer.MAX_VALUE, -1})
    void aStrangersLargeFrameIsRefusedBeforeItIsRead(int size) throws IOException {
        try (Peer peer = peer()) {
            peer.out.writeInt(size);
            peer.out.flush();
            assertThat(peer.goodbye()).isEqualTo("invalid_request");
        }
    }

    @Test
    void aFrameAboveTheLimitEndsAnOpenSession() throws IOException {
        try (Peer peer = peer()) {
            peer.open();
            peer.out.writeInt((1 << 20) + 1);
            peer.out.flush();
            assertThat(peer.goodbye()).isEqualTo("invalid_request");
        }
    }

    @Test
    void bytesThatAreNoMessageEndTheSession() throws IOException {
        try (Peer peer = peer()) {
            peer.open();
            peer.out.writeInt(3);
            peer.out.write(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff});
            peer.out.flush();
            assertThat(peer.goodbye()).isEqualTo("invalid_request");
        }
    }

    @Test
    void whoSaysNothingIsLetGo() throws IOException {
        try (Peer peer = peer()) {
            assertThat(peer.goodbye()).isEqualTo("request_timeout");
        }
        try (Peer peer = peer()) {
            peer.out.writeInt(100); // and then nothing
            peer.out.flush();
            assertThat(peer.goodbye()).isEqualTo("request_timeout");
        }
        Collected.await("nothing is held", () -> server.sessions() == 0);
    }

    @Test
    void aClientThatFallsSilentLosesItsRequests() throws IOException {
        try (Peer peer = peer()) {
            peer.open();
            peer.send(ClientFrame.newBuilder().setStart(start(1).toBuilder().setCredit(1)));
            assertThat(peer.goodbye()).isEqualTo("request_timeout");
        }
        Collected.await("its request is cancelled", () -> worker.started.getFirst().cancelled);
    }

    @Test
    void aVersionNobodySpeaksIsNamed() throws IOException {
        try (Peer peer = peer()) {
            peer.send(ClientFrame.newBuilder()
                    .setHello(
                            Hello.newBuilder().setMinVersion(2).setMaxVersion(9).setNonce(Handshake.nonce())));
            assertThat(peer.goodbye()).isEqualTo("invalid_request");
        }
        try (Peer peer = peer()) { // one that speaks later versions too
            peer.hello = Hello.newBuilder()
                    .setMinVersion(1)
                    .setMaxVersion(9)
                    .setNonce(Handshake.nonce())
                    .build();
            peer.open();
        }
    }

    @Test
    void streamNumbersThatDoNotRiseEndTheSession() throws IOException {
        try (Peer peer = peer()) {
            peer.open();
            peer.send(ClientFrame.newBuilder().setStart(start(7)));
            peer.send(ClientFrame.newBuilder().setStart(start(7)));
            assertThat(peer.goodbye()).isEqualTo("invalid_request");
        }
    }

    @Test
    void aRequestThatContradictsItselfIsRefusedAndTheSessionGoesOn() throws IOException {
        try (Peer peer = peer()) {
            peer.open();
            List<Start> impossible = List.of(
                    start(1).toBuilder().clearPrompt().build(),
                    start(2).toBuilder().setChoices(0).build(),
                    start(3).toBuilder().setChoices(-5).build(),
                    start(4).toBuilder().setResumedTokens(3).build(),
                    start(5).toBuilder().setRequestId(" ").build(),
                    start(6).toBuilder().clearStopping().build(),
                    start(7).toBuilder().setTopLogprobs(-1).build());
            for (Start one : impossible) {
                peer.send(ClientFrame.newBuilder().setStart(one));
                assertThat(peer.read()
                                .getOutput()
                                .getStreams(0)
                                .getEnd()
                                .getFailure()
                                .getCode())
                        .isEqualTo("invalid_request");
            }
            peer.send(ClientFrame.newBuilder().setPing(Ping.newBuilder().setNumber(4)));
            assertThat(peer.read().getPong().getNumber()).isEqualTo(4);
        }
    }

    @Test
    void requestsBeyondTheLimitAreRefused() throws IOException {
        try (Peer peer = peer()) {
            peer.open();
            for (int stream = 1; stream <= 3; stream++) {
                peer.send(ClientFrame.newBuilder()
                        .setStart(start(stream).toBuilder().setCredit(1).build()));
            }
            WorkerFrame frame = peer.read();
            while (!frame.getOutput().getStreamsList().stream()
                    .anyMatch(news -> news.getStream() == 3 && news.hasEnd())) {
                frame = peer.read();
            }
        }
    }

    @Test
    void unknownFramesAndFieldsAreIgnored() throws IOException {
        try (Peer peer = peer()) {
            peer.open();
            peer.out.writeInt(3);
            peer.out.write(new byte[] {(byte) 0xfa, 0x7f, 0x00}); // field 2047, no content
            peer.send(ClientFrame.newBuilder().setPing(Ping.newBuilder().setNumber(9)));
            assertThat(peer.read().getPong().getNumber()).isEqualTo(9);
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsNoMoreThanItsCredit() throws Exception {
        try (Peer peer = peer()) {
            peer.open();
            peer.send(ClientFrame.newBuilder()
                    .setStart(start(1).toBuilder()
                            .setCredit(100)
                            .setStopping(io.jynamo.runtime.wire.v1.Stopping.newBuilder()
                                    .setMaxTokens(1_000_000))
                            .build()));
            int tokens = 0;
            while (tokens < 100) {
                tokens += peer.read().getOutput().getStreamsList().stream()
                        .mapToInt(news -> news.getDeltasCount())
                        .sum();
            }
            peer.send(ClientFrame.newBuilder().setPing(Ping.newBuilder().setNumber(1)));
            assertThat(peer.read().hasPong())
                    .as("no token came beyond the credit")
                    .isTrue();
        }
    }

    private Peer peer() throws IOException {
        return new Peer(server.address(), TOKEN);
    }

    private static Start start(int stream) {
        return RequestMessages.message(
                stream,
                GenerationRequest.of(
                        new RequestId("r" + stream), TokenIds.of(1, 2, 3), Sampling.GREEDY, Stopping.after(1000)));
    }
}
