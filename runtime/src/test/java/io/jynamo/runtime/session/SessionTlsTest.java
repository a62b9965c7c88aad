package io.jynamo.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.session.Credentials.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates between processes: both sides show one of the fleet's authority, in time and for this purpose. */
class SessionTlsTest {
    private static final WorkerId ID = new WorkerId(0x77);
    private static final String TOKEN = "a token of sixteen";

    @TempDir
    static Path folder;

    private static FleetAuthority fleet;
    private static Certificates ours;
    private static Certificates theirs;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final CountingWorker inside = new CountingWorker(ID.value());

    @BeforeAll
    static void sign() throws Exception {
        fleet = FleetAuthority.in(folder, "fleet");
        ours = fleet.issue("worker");
        theirs = fleet.issue("frontend");
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @Test
    void certificatesOfOneAuthorityOpenASession() throws Exception {
        RemoteWorker worker = connect(serve(tls(ours)), tls(theirs));
        Collected.await("ready: " + worker.lastFailure(), () -> worker.state() == WorkerState.READY);
        Collected sink = new Collected();
        worker.start(request(), sink);
        assertThat(sink.await().failure()).isNull();
        assertThat(sink.tokens(0)).containsExactly(8, 9, 10);
    }

    @Test
    void aClientWithoutACertificateIsServedNothing() throws Exception {
        WorkerServer server = serve(tls(ours));
        try (SSLSocket socket = clientWithoutCertificate(server.address());
                Peer peer = new Peer(socket, TOKEN)) {
            assertThatThrownBy(() -> {
                        peer.hello();
                        peer.read();
                    })
                    .isInstanceOf(IOException.class);
        }
        Collected.await("nothing is held", () -> server.sessions() == 0);
    }

    @Test
    void aClientWithoutTlsIsServedNothing() throws Exception {
        WorkerServer server = serve(tls(ours));
        try (Peer peer = new Peer(server.address(), TOKEN)) {
            peer.hello();
            assertThatThrownBy(() -> peer.read()).isInstanceOf(Exception.class);
        }
        refused(connect(server, Credentials.NONE));
    }

    @Test
    void aTlsClientDoesNotSpeakToAWorkerWithoutIt() throws Exception {
        refused(connect(serve(Credentials.NONE), tls(theirs)));
    }

    @Test
    void whoOpensAConnectionAndSaysNothingIsLetGo() throws Exception {
        WorkerServer server = serve(tls(ours));
        try (Socket silent =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            silent.setSoTimeout(20_000);
            assertThat(silent.getInputStream().readAllBytes())
                    .as("nothing but an end")
                    .hasSizeLessThan(64);
        }
    }

    @Test
    void anotherAuthoritysCertificateIsRefusedOnEitherSide() throws Exception {
        FleetAuthority other = FleetAuthority.in(folder, "stranger");
        Certificates strange = other.issue("intruder");
        // It trusts our authority, so that only its own certificate is wrong.
        Certificates intruder = new Certificates(strange.certificate(), strange.key(), fleet.certificate());
        refused(connect(serve(tls(ours)), tls(intruder)));
        refused(connect(serve(tls(intruder)), tls(theirs)));
    }

    @Test
    void anExpiredCertificateIsRefusedOnEitherSide() throws Exception {
        Certificates expired = fleet.issueExpired("expired");
        refused(connect(serve(tls(ours)), tls(expired)));
        refused(connect(serve(tls(expired)), tls(theirs)));
    }

    @Test
    void aCertificateForAnotherPurposeIsRefusedOnEitherSide() throws Exception {
        Certificates forServers = fleet.issueFor("for-servers", "serverAuth");
        Certificates forClients = fleet.issueFor("for-clients", "clientAuth");
        Certificates forCode = fleet.issueFor("for-code", "codeSigning");
        refused(connect(serve(tls(ours)), tls(forServers)));
        refused(connect(serve(tls(ours)), tls(forCode)));
        refused(connect(serve(tls(forClients)), tls(theirs)));
        refused(connect(serve(tls(forCode)), tls(theirs)));
        RemoteWorker right = connect(serve(tls(forServers)), tls(forClients));
        Collected.await("each for its own", () -> right.state() == WorkerState.READY);
    }

    @Test
    void aTokenIsNeededBesidesWhereThereIsOne() throws Exception {
        WorkerServer server = serve(new Credentials(TOKEN, ours));
        RemoteWorker right = connect(server, new Credentials(TOKEN, theirs));
        Collected.await("both are right", () -> right.state() == WorkerState.READY);
        RemoteWorker wrong = connect(server, new Credentials("another token of 16", theirs));
        Collected.await("the token is wrong", () -> wrong.lastFailure().contains("fleet's token"));
        refused(wrong);
        Certificates expired = fleet.issueExpired("late");
        refused(connect(server, new Credentials(TOKEN, expired)));
    }

    @Test
    void certificatesAreEnoughToListenWhereStrangersComeBy() throws Exception {
        WorkerServer server = own(WorkerServer.listen(
                new InetSocketAddress("0.0.0.0", 0), tls(ours), SessionLimits.DEFAULT, own(new Transport(1))));
        assertThat(server.address().getPort()).isPositive();
    }

    @Test
    void filesThatAreNoCertificatesAreNamed() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        assertThatThrownBy(() -> serve(tls(new Certificates(empty, ours.key(), ours.authority()))))
                .isInstanceOfSatisfying(
                        JynamoException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("empty.pem");
    }

    private static Credentials tls(Certificates files) {
        return new Credentials(null, files);
    }

    private static GenerationRequest request() {
        return GenerationRequest.of(new RequestId("r"), TokenIds.of(5, 6, 7), Sampling.GREEDY, Stopping.after(3));
    }

    /** It has tried, was let in nowhere, and the worker was asked nothing. */
    private void refused(RemoteWorker worker) throws Exception {
        Collected.await("refused", () -> !worker.lastFailure().equals("not connected yet"));
        assertThat(worker.state()).isEqualTo(WorkerState.UNREACHABLE);
        Collected sink = new Collected();
        worker.start(request(), sink);
        assertThat(sink.failure().code()).isEqualTo(ErrorCode.WORKER_LOST);
        assertThat(inside.started).isEmpty();
        worker.close();
    }

    private WorkerServer serve(Credentials credentials) {
        WorkerServer server = own(WorkerServer.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                credentials,
                SessionLimits.DEFAULT,
                own(new Transport(1))));
        server.host(WorkerDescription.loading(ID, "test", List.of("counting"), ""))
                .ready(inside, List.of());
        return server;
    }

    private RemoteWorker connect(WorkerServer server, Credentials credentials) {
        return own(RemoteWorker.connect(
                new RemoteWorker.Target(ID, server.address(), credentials),
                SessionLimits.DEFAULT,
                own(new Transport(1)),
                changed -> {}));
    }

    private static SSLSocket clientWithoutCertificate(InetSocketAddress address) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (var pem = Files.newInputStream(fleet.certificate())) {
            trusted.setCertificateEntry(
                    "fleet", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, trust.getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    }

    private <T extends AutoCloseable> T own(T one) {
        opened.push(one);
        return one;
    }
}
