package io.jynamo.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.wire.v1.Challenge;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Welcome;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who was announced as a worker and is none of the fleet sees no request, whatever it says and in whatever order. */
class ForgedWorkerTest {
    private static final WorkerId ID = new WorkerId(0x2a);
    private static final Credentials OURS = new Credentials("a token of sixteen", null);

    private final Transport transport = new Transport(1);
    private final Stranger stranger;
    private final RemoteWorker worker;
    private final CompletableFuture<Function<ClientFrame, List<WorkerFrame>>> answers = new CompletableFuture<>();

    ForgedWorkerTest() throws IOException {
        stranger = new Stranger(hello -> answers.join().apply(hello));
        worker = RemoteWorker.connect(
                new RemoteWorker.Target(ID, stranger.address(), OURS), SessionLimits.DEFAULT, transport, changed -> {});
    }

    @AfterEach
    void close() throws IOException {
        worker.close();
        stranger.close();
        transport.close();
    }

    @Test
    void aWelcomeWithoutAProofOpensNothing() throws Exception {
        refused(hello -> List.of(welcome(ID)), "without proving");
    }

    @Test
    void aWelcomeAfterAProofThatIsNoneOpensNothing() throws Exception {
        refused(hello -> List.of(challenge(ByteString.copyFrom(new byte[32])), welcome(ID)), "none of ours");
    }

    @Test
    void anEmptyProofIsNone() throws Exception {
        refused(hello -> List.of(challenge(ByteString.EMPTY), welcome(ID)), "none of ours");
    }

    @Test
    void theClientsOwnProofIsNotTheWorkers() throws Exception {
        ByteString nonce = Handshake.nonce();
        refused(
                hello -> List.of(WorkerFrame.newBuilder()
                        .setChallenge(Challenge.newBuilder()
                                .setNonce(nonce)
                                .setProof(Handshake.clientProof(
                                        OURS.token(), hello.getHello().getNonce(), nonce)))
                        .build()),
                "none of ours");
    }

    @Test
    void aWorkerOfTheFleetThatIsAnotherThanAnnouncedIsNotUsed() throws Exception {
        ByteString nonce = Handshake.nonce();
        refused(
                hello -> List.of(
                        WorkerFrame.newBuilder()
                                .setChallenge(Challenge.newBuilder()
                                        .setNonce(nonce)
                                        .setProof(Handshake.workerProof(
                                                OURS.token(), hello.getHello().getNonce(), nonce)))
                                .build(),
                        welcome(new WorkerId(0x99))),
                "it is worker 99 now");
    }

    @Test
    void aStrangersLargeFrameIsRefusedBeforeItIsRead() throws Exception {
        refused(
                hello -> List.of(WorkerFrame.newBuilder()
                        .setChallenge(Challenge.newBuilder().setNonce(ByteString.copyFrom(new byte[5000])))
                        .build()),
                "above the limit of 4096");
    }

    /** The stranger answers so; the client leaves, for this reason, and has asked nothing. */
    private void refused(Function<ClientFrame, List<WorkerFrame>> answering, String why) throws Exception {
        answers.complete(answering);
        Collected.await(
                "refused: " + worker.lastFailure(), () -> worker.lastFailure().contains(why));
        assertThat(worker.state()).isEqualTo(WorkerState.UNREACHABLE);
        Collected sink = new Collected();
        worker.start(
                GenerationRequest.of(new RequestId("secret"), TokenIds.of(7, 8), Sampling.GREEDY, Stopping.after(1)),
                sink);
        assertThat(sink.failure().code()).isEqualTo(ErrorCode.WORKER_LOST);
        assertThat(stranger.heard).isNotEmpty().noneMatch(ClientFrame::hasStart);
    }

    private static WorkerFrame challenge(ByteString proof) {
        return WorkerFrame.newBuilder()
                .setChallenge(Challenge.newBuilder().setNonce(Handshake.nonce()).setProof(proof))
                .build();
    }

    private static WorkerFrame welcome(WorkerId id) {
        return WorkerFrame.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setVersion(1)
                        .setDescription(new WorkerDescription(
                                        id,
                                        WorkerState.READY,
                                        CountingWorker.CARD,
                                        "forged",
                                        List.of(),
                                        List.of("counting"),
                                        "",
                                        Set.of(),
                                        Set.of())
                                .message()))
                .build();
    }

    /** Answers every connection's first frame with what it was given, and notes what it hears. */
    private static final class Stranger implements AutoCloseable {
        private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Function<ClientFrame, List<WorkerFrame>> answers;
        private final List<ClientFrame> heard = new CopyOnWriteArrayList<>();

        Stranger(Function<ClientFrame, List<WorkerFrame>> answers) throws IOException {
            this.answers = answers;
            Thread.ofPlatform().daemon().start(this::accept);
        }

        InetSocketAddress address() {
            return (InetSocketAddress) door.getLocalSocketAddress();
        }

        private void accept() {
            while (!door.isClosed()) {
                try (Socket socket = door.accept()) {
                    serve(new DataInputStream(socket.getInputStream()), new DataOutputStream(socket.getOutputStream()));
                } catch (EOFException | SocketException gone) {
                    // The client has seen enough, or the test is over.
                } catch (IOException failed) {
                    throw new java.io.UncheckedIOException(failed);
                }
            }
        }

        private void serve(DataInputStream in, DataOutputStream out) throws IOException {
            for (WorkerFrame answer : answers.apply(read(in))) {
                byte[] bytes = answer.toByteArray();
                out.writeInt(bytes.length);
                out.write(bytes);
            }
            out.flush();
            while (true) {
                read(in);
            }
        }

        private ClientFrame read(DataInputStream in) throws IOException {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            ClientFrame frame = ClientFrame.parseFrom(bytes);
            heard.add(frame);
            return frame;
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }
}
