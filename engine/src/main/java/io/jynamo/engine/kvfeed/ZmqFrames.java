package io.jynamo.engine.kvfeed;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.zeromq.ZMQ;

/** The frames of an engine's messages: topic, number, payload, in replays with more or fewer before them. */
final class ZmqFrames {
    private static final int MOST = 8;
    private static final long END = -1;

    private ZmqFrames() {}

    /** The frames of the next message; empty when none is there. Those past the eighth are dropped. */
    static List<byte[]> receive(ZMQ.Socket socket) {
        List<byte[]> frames = new ArrayList<>();
        byte[] frame = socket.recv(ZMQ.DONTWAIT);
        while (frame != null) {
            if (frames.size() < MOST) {
                frames.add(frame);
            }
            frame = socket.hasReceiveMore() ? socket.recv() : null;
        }
        return frames;
    }

    /** The message in frames; empty where they are none. */
    static Optional<KvFeedCore.Message> message(List<byte[]> frames) {
        if (frames.size() < 2) {
            return Optional.empty();
        }
        byte[] number = frames.get(frames.size() - 2);
        // Newer publishers put an id of 16 bytes of theirs behind the number.
        if (number.length != Long.BYTES && number.length != Long.BYTES + 16) {
            return Optional.empty();
        }
        String publisher = HexFormat.of().formatHex(number, Long.BYTES, number.length);
        return Optional.of(new KvFeedCore.Message(ByteBuffer.wrap(number).getLong(), publisher, frames.getLast()));
    }

    static boolean isEnd(KvFeedCore.Message message) {
        return message.number() == END;
    }

    static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
}
