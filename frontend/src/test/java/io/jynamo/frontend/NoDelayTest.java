package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Two peers lose 27 to 44 ms on every stream over a kept-alive connection for want of one socket option. */
class NoDelayTest {
    private static final int STREAMS = 20;

    @Test
    void everyAcceptedSocketHasTheOption() {
        try (ServerFixture server = ServerFixture.saying("x");
                RawSocket first = new RawSocket(server.node.port());
                RawSocket second = new RawSocket(server.node.port())) {
            first.say("GET /live HTTP/1.1\r\nHost: x\r\n\r\n").until("live\"}");
            second.say("GET /live HTTP/1.1\r\nHost: x\r\n\r\n").until("live\"}");
            assertThat(java.util.List.copyOf(server.node.server().connections()))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allSatisfy(channel -> assertThat(channel.config().getOption(ChannelOption.TCP_NODELAY))
                            .isTrue());
        }
    }

    /** Compared with the same server without the option, so that a slow machine changes both sides. */
    @Test
    void smallWritesDoNotWaitForTheClientsAcknowledgement() {
        Semaphore pace = new Semaphore(0);
        ScriptedWorker worker = new ScriptedWorker(request -> new ScriptedWorker.Script(
                java.util.List.of(), io.jynamo.protocol.FinishReason.LENGTH, null, null, pace));
        try (ServerFixture server = new ServerFixture(worker, options -> options);
                RawSocket client = new RawSocket(server.node.port())) {
            streams(client, pace);
            long with = streams(client, pace);
            Channel accepted = server.node.server().connections().iterator().next();
            accepted.config().setOption(ChannelOption.TCP_NODELAY, false);
            long without = streams(client, pace);
            assertThat(with).isLessThan(without);
        }
    }

    /** The time of some short streams over a kept-alive connection, each event let go when the one before was read. */
    private static long streams(RawSocket client, Semaphore pace) {
        String ask = chat("hi", "'stream':true,'max_tokens':4").replace('\'', '"');
        long before = System.nanoTime();
        for (int i = 0; i < STREAMS; i++) {
            client.say(RawSocket.post("/v1/chat/completions", ask));
            for (int event = 0; event < 4; event++) {
                pace.release();
                client.until("data: ");
                client.until("}\n\n");
            }
            client.until("[DONE]");
        }
        return System.nanoTime() - before;
    }
}
