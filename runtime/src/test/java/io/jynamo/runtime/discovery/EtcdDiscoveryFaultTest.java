package io.jynamo.runtime.discovery;

import static io.jynamo.runtime.discovery.Told.entry;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real etcd that is killed, stopped, compacted and tampered with under processes that find each other through it. */
@Tag("long")
class EtcdDiscoveryFaultTest {
    private static final Duration TTL = Duration.ofSeconds(2);
    /** What etcd's restart and the client's coming back fit in. */
    private static final Duration ENOUGH = Duration.ofSeconds(20);

    private static final String PREFIX = EtcdOptions.PREFIX;

    @TempDir
    Path folder;

    private final ArrayDeque<AutoCloseable> opened = new ArrayDeque<>();

    @AfterEach
    void close_what_was_opened() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T closing(T it) {
        opened.push(it);
        return it;
    }

    private EtcdServer etcd(String... more) throws Exception {
        return closing(EtcdServer.start(folder.resolve("data"), more));
    }

    private static EtcdOptions at(EtcdServer etcd) {
        return EtcdOptions.at(etcd.endpoint()).withTtl(TTL);
    }

    private EtcdDiscovery open(EtcdServer etcd) {
        return closing(new EtcdDiscovery(at(etcd)));
    }

    private Told watch(EtcdDiscovery discovery) {
        Told told = new Told();
        discovery.watch("", told);
        return told;
    }

    @Test
    void a_killed_process_is_gone_after_its_lease() throws Exception {
        EtcdServer etcd = etcd();
        Told told = watch(open(etcd));
        PublisherProcess other = closing(PublisherProcess.inEtcd(etcd.endpoint(), PREFIX, TTL, "a"));
        told.awaitPresent(Map.of("a", String.valueOf(other.pid())));
        other.kill();
        told.awaitPresent(Map.of());
    }

    @Test
    void a_stopped_process_is_gone_after_its_lease_and_back_when_it_goes_on() throws Exception {
        EtcdServer etcd = etcd();
        Told told = watch(open(etcd));
        PublisherProcess other = closing(PublisherProcess.inEtcd(etcd.endpoint(), PREFIX, TTL, "a"));
        Map<String, String> there = Map.of("a", String.valueOf(other.pid()));
        told.awaitPresent(there);
        other.signal("STOP");
        told.awaitPresent(Map.of());
        other.signal("CONT");
        told.awaitPresent(there);
    }

    @Test
    void an_etcd_that_is_killed_and_comes_back_costs_nobody_their_entry() throws Exception {
        EtcdServer etcd = etcd();
        EtcdDiscovery worker = closing(new EtcdDiscovery(at(etcd).withTtl(ENOUGH)));
        Told told = watch(open(etcd));
        Registration registration = worker.publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));

        etcd.kill();
        told.await("unreachable", Told::isUnreachable);
        assertThat(told.present()).isEqualTo(Map.of("a", "1"));
        etcd.restart();
        told.await("reachable", Told::isReachable);
        registration.update("2".getBytes(UTF_8));
        told.awaitLog("+a=2").awaitPresent(Map.of("a", "2"));
        worker.publish(entry("b", "3"));
        told.awaitPresent(Map.of("a", "2", "b", "3"));
        assertThat(told.log()).doesNotContain("-a");
    }

    @Test
    void an_etcd_that_lost_everything_is_told_it_all_again() throws Exception {
        EtcdServer etcd = etcd();
        EtcdDiscovery worker = open(etcd);
        Told told = watch(open(etcd));
        worker.publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
        etcd.kill();
        EtcdServer.run("rm", "-rf", folder.resolve("data").toString());
        told.await("unreachable", Told::isUnreachable);
        etcd.restart();
        told.await("reachable", Told::isReachable).awaitPresent(Map.of("a", "1"));
        Told late = watch(open(etcd));
        late.awaitPresent(Map.of("a", "1"));
    }

    @Test
    void a_stopped_etcd_is_noticed_by_watches_that_hear_nothing() throws Exception {
        EtcdServer etcd = etcd();
        Told told = watch(open(etcd)).await("up to date", Told::isReachable);
        open(etcd).publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
        etcd.signal("STOP");
        told.await("unreachable", Told::isUnreachable);
        assertThat(told.present()).isEqualTo(Map.of("a", "1"));
        etcd.signal("CONT");
        told.await("reachable", Told::isReachable).awaitPresent(Map.of("a", "1"));
    }

    @Test
    void a_revoked_lease_is_replaced_and_everything_announced_again() throws Exception {
        EtcdServer etcd = etcd();
        EtcdDiscovery worker = open(etcd);
        Told told = watch(open(etcd));
        worker.publish(entry("a", "1"));
        worker.publish(entry("b", "2"));
        told.awaitPresent(Map.of("a", "1", "b", "2"));
        etcd.ctl("lease", "revoke", lease(etcd));
        told.awaitLog("-a").awaitLog("-b").awaitPresent(Map.of("a", "1", "b", "2"));
    }

    @Test
    void publishing_under_a_lease_that_was_revoked_takes_another() throws Exception {
        EtcdServer etcd = etcd();
        EtcdDiscovery worker = closing(new EtcdDiscovery(at(etcd).withTtl(Duration.ofMinutes(9))));
        Told told = watch(open(etcd));
        Registration registration = worker.publish(entry("a", "1"));
        etcd.ctl("lease", "revoke", lease(etcd));
        told.awaitLog("-a");
        worker.publish(entry("b", "2"));
        told.awaitPresent(Map.of("a", "1", "b", "2"));
        etcd.ctl("lease", "revoke", lease(etcd));
        told.awaitPresent(Map.of());
        registration.update("3".getBytes(UTF_8));
        told.awaitPresent(Map.of("a", "3", "b", "2"));
    }

    private static String lease(EtcdServer etcd) throws Exception {
        Matcher lease = Pattern.compile("[0-9a-f]{16}").matcher(etcd.ctl("lease", "list"));
        assertThat(lease.find()).isTrue();
        return lease.group();
    }

    @Test
    void a_key_that_somebody_deletes_is_put_back() throws Exception {
        EtcdServer etcd = etcd();
        Told told = watch(open(etcd));
        open(etcd).publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
        etcd.ctl("del", PREFIX + "a");
        told.awaitLog("-a").awaitPresent(Map.of("a", "1"));
    }

    @Test
    void a_compaction_during_an_outage_is_gone_over() throws Exception {
        EtcdServer etcd = etcd();
        EtcdDiscovery frontend = open(etcd);
        Told told = watch(frontend);
        etcd.ctl("put", PREFIX + "stays", "1");
        etcd.ctl("put", PREFIX + "goes", "1");
        told.awaitPresent(Map.of("stays", "1", "goes", "1"));

        // What happens while the watch's connection is cut, and is compacted away before it is back.
        etcd.kill();
        told.await("unreachable", Told::isUnreachable);
        etcd.restart();
        etcd.ctl("del", PREFIX + "goes");
        etcd.ctl("put", PREFIX + "comes", "1");
        etcd.ctl("put", PREFIX + "stays", "2");
        compact(etcd);
        told.awaitPresent(Map.of("stays", "2", "comes", "1"));
        etcd.ctl("put", PREFIX + "comes", "2");
        told.awaitPresent(Map.of("stays", "2", "comes", "2"));
        assertThat(told.log()).doesNotContain("-stays");
    }

    private static void compact(EtcdServer etcd) throws Exception {
        String status = etcd.ctl("endpoint", "status", "--write-out=json");
        Matcher revision = Pattern.compile("\"revision\":([0-9]+)").matcher(status);
        assertThat(revision.find()).isTrue();
        etcd.ctl("compact", "--physical", revision.group(1));
    }

    @Test
    void a_watch_from_a_compacted_revision_breaks_and_says_so() throws Exception {
        EtcdServer etcd = etcd();
        for (int i = 0; i < 5; i++) {
            etcd.ctl("put", PREFIX + "a", String.valueOf(i));
        }
        compact(etcd);
        EtcdConnection connection = closing(new EtcdConnection(at(etcd)));
        var events = new EtcdEvents();
        connection.follow(KeyPrefix.of(""), 2, events); // ends with its connection
        assertThat(events.next(Duration.ofSeconds(30))).isEmpty();
        assertThat(events.isBroken()).isTrue();
    }

    @Test
    void an_etcd_that_is_not_there_is_told_of_in_time() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        EtcdOptions nowhere = EtcdOptions.at("127.0.0.1:" + port).withPatience(Duration.ofSeconds(5));
        EtcdDiscovery discovery = closing(new EtcdDiscovery(nowhere));
        Told told = watch(discovery);
        assertThatThrownBy(() -> discovery.publish(entry("a", "1")))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISCOVERY_UNREACHABLE))
                .hasMessageContaining("etcd://127.0.0.1:" + port)
                .hasMessageContaining("refused");
        told.await("unreachable", Told::isUnreachable);
    }

    @Test
    void a_socket_that_never_answers_is_told_of_in_time() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            EtcdOptions options =
                    EtcdOptions.at("127.0.0.1:" + silent.getLocalPort()).withPatience(Duration.ofSeconds(1));
            EtcdDiscovery discovery = closing(new EtcdDiscovery(options));
            Told told = watch(discovery);
            assertThatThrownBy(() -> discovery.publish(entry("a", "1")))
                    .isInstanceOfSatisfying(
                            JynamoException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.DISCOVERY_UNREACHABLE));
            told.await("unreachable", Told::isUnreachable);
        }
    }

    @Test
    void what_could_not_be_published_does_not_appear_later() throws Exception {
        EtcdServer etcd = etcd();
        EtcdDiscovery worker = closing(new EtcdDiscovery(at(etcd).withPatience(Duration.ofSeconds(3))));
        worker.publish(entry("a", "1"));
        Told told = watch(open(etcd));
        told.awaitPresent(Map.of("a", "1"));
        etcd.signal("STOP"); // takes what is sent to it, and does it when it goes on
        assertThatThrownBy(() -> worker.publish(entry("b", "ghost"))).isInstanceOf(JynamoException.class);
        etcd.signal("CONT");
        told.await("back", it -> publishes(worker, "c"));
        told.await("c alone", it -> it.present().keySet().equals(java.util.Set.of("a", "c")));
        assertThat(etcd.ctl("get", "--prefix", PREFIX, "--keys-only").lines().filter(line -> !line.isBlank()))
                .containsExactly(PREFIX + "a", PREFIX + "c");
    }

    private static boolean publishes(Discovery discovery, String key) {
        try {
            discovery.publish(entry(key, "later"));
            return true;
        } catch (JynamoException e) {
            return false;
        }
    }

    @Test
    void a_value_given_while_etcd_is_away_arrives_when_it_is_back() throws Exception {
        EtcdServer etcd = etcd();
        EtcdDiscovery worker =
                closing(new EtcdDiscovery(at(etcd).withTtl(ENOUGH).withPatience(Duration.ofSeconds(3))));
        Registration registration = worker.publish(entry("a", "1"));
        Told told = watch(open(etcd));
        told.awaitPresent(Map.of("a", "1"));
        etcd.kill();
        assertThatThrownBy(() -> registration.update("2".getBytes(UTF_8))).isInstanceOf(JynamoException.class);
        etcd.restart();
        told.awaitPresent(Map.of("a", "2"));
        assertThat(told.log()).doesNotContain("-a");
    }

    @Test
    void ending_a_discovery_whose_etcd_is_away_does_not_hang() throws Exception {
        EtcdServer etcd = etcd();
        EtcdDiscovery worker = open(etcd);
        worker.publish(entry("a", "1"));
        watch(worker).awaitPresent(Map.of("a", "1"));
        etcd.kill();
        worker.close();
        etcd.restart();
        Told told = watch(open(etcd));
        told.await("up to date", Told::isReachable).awaitPresent(Map.of());
    }

    @Test
    void what_is_no_entry_in_etcd_is_ignored() throws Exception {
        EtcdServer etcd = etcd();
        etcd.ctl("put", PREFIX + "not a key", "x");
        etcd.ctl("put", PREFIX + "a", "1");
        Told told = watch(open(etcd)).await("up to date", Told::isReachable);
        etcd.ctl("put", PREFIX + "nor//this", "x");
        etcd.ctl("del", PREFIX + "not a key");
        etcd.ctl("put", PREFIX + "b", "2");
        told.awaitPresent(Map.of("a", "1", "b", "2"));
        assertThat(told.log()).containsExactly("+a=1", "reachable", "+b=2");
    }

    @Test
    void a_user_and_a_password_are_shown_where_etcd_asks() throws Exception {
        EtcdServer etcd = etcd();
        etcd.ctl("user", "add", "root:secret");
        etcd.ctl("user", "grant-role", "root", "root");
        etcd.ctl("auth", "enable");
        EtcdOptions options = at(etcd).withTtl(ENOUGH).withPatience(ENOUGH);
        EtcdDiscovery worker = closing(new EtcdDiscovery(options.withLogin(new EtcdOptions.Login("root", "secret"))));
        Told told = watch(worker);
        worker.publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
        EtcdDiscovery wrong = closing(new EtcdDiscovery(
                options.withPatience(Duration.ofSeconds(5)).withLogin(new EtcdOptions.Login("root", "wrong"))));
        assertThatThrownBy(() -> wrong.publish(entry("b", "")))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("authentication failed")
                .hasMessageNotContaining("wrong\"");
        // Its tokens die with it.
        etcd.kill();
        etcd.restart();
        told.await("unreachable", it -> it.log().contains("unreachable")).await("reachable", Told::isReachable);
        worker.publish(entry("c", "2"));
        told.awaitPresent(Map.of("a", "1", "c", "2"));
    }

    @Test
    void tls_and_a_certificate_of_ones_own_are_used_where_etcd_asks() throws Exception {
        assumeTrue(EtcdServer.isHere("openssl"), "not run: openssl is not installed");
        Certificates certificates = Certificates.make(folder);
        EtcdServer etcd = etcd(
                "--cert-file=" + certificates.certificate(),
                "--key-file=" + certificates.key(),
                "--trusted-ca-file=" + certificates.ca(),
                "--client-cert-auth");
        DiscoverySpec spec = DiscoverySpec.parse("etcd://" + etcd.endpoint() + "?patience=30s&ca=" + certificates.ca()
                + "&cert=" + certificates.certificate() + "&key=" + certificates.key());
        Discovery worker = closing(spec.open());
        Told told = new Told();
        worker.watch("", told);
        worker.publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));

        Discovery stranger =
                closing(DiscoverySpec.parse("etcd://" + etcd.endpoint() + "?patience=1s&ca=" + certificates.ca())
                        .open());
        assertThatThrownBy(() -> stranger.publish(entry("b", ""))).isInstanceOf(JynamoException.class);
    }

    /** A certificate authority's and a certificate it signed for 127.0.0.1, as PEM. */
    private record Certificates(Path ca, Path certificate, Path key) {
        static Certificates make(Path folder) throws Exception {
            Path caKey = folder.resolve("ca.key");
            Path ca = folder.resolve("ca.pem");
            Path key = folder.resolve("own.key");
            Path request = folder.resolve("own.csr");
            Path certificate = folder.resolve("own.pem");
            Path names = Files.writeString(folder.resolve("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
            List<String> fresh = List.of("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout");
            EtcdServer.run(with(fresh, caKey, "-x509", "-days", "2", "-subj", "/CN=ca", "-out", ca));
            EtcdServer.run(with(fresh, key, "-subj", "/CN=own", "-out", request));
            EtcdServer.run(with(
                    List.of("openssl", "x509", "-req", "-CAcreateserial", "-days", "2", "-in"),
                    request,
                    "-CA",
                    ca,
                    "-CAkey",
                    caKey,
                    "-extfile",
                    names,
                    "-out",
                    certificate));
            return new Certificates(ca, certificate, key);
        }

        private static String[] with(List<String> begin, Object... more) {
            List<String> command = new java.util.ArrayList<>(begin);
            List.of(more).forEach(it -> command.add(it.toString()));
            return command.toArray(String[]::new);
        }
    }
}
