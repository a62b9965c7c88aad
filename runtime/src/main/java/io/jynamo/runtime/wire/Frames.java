package io.jynamo.runtime.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Messages in frames: a big-endian u32 length and so many bytes. A frame over the limit, or one that is no message, ends
 * in a {@link JynamoException} INVALID_REQUEST in the pipeline; nothing is read after it.
 */
public final class Frames {
    private static final int HEADER_BYTES = 4;

    private Frames() {}

    /** The bytes of a frame, in a buffer the caller owns. */
    public static ByteBuf encode(ByteBufAllocator allocator, MessageLite message) {
        int size = message.getSerializedSize();
        ByteBuf frame = allocator.ioBuffer(HEADER_BYTES + size, HEADER_BYTES + size);
        try {
            frame.writeInt(size);
            message.writeTo(CodedOutputStream.newInstance(frame.nioBuffer(HEADER_BYTES, size)));
            frame.writerIndex(HEADER_BYTES + size);
            return frame;
        } catch (IOException impossible) {
            frame.release();
            throw new UncheckedIOException(impossible);
        } catch (RuntimeException | Error failed) {
            frame.release();
            throw failed;
        }
    }

    /** Reads frames of one kind of message. The limit may be raised once the other side is known. */
    public static final class Decoder extends ByteToMessageDecoder {
        private final Parser<? extends MessageLite> parser;
        private int maxFrame;
        private boolean broken;

        /** @param maxFrame bytes of a message at most */
        public Decoder(Parser<? extends MessageLite> parser, int maxFrame) {
            this.parser = parser;
            this.maxFrame = maxFrame;
        }

        /** Event loop only. */
        public void allow(int bytes) {
            maxFrame = bytes;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            if (broken) {
                in.skipBytes(in.readableBytes());
                return;
            }
            if (in.readableBytes() < HEADER_BYTES) {
                return;
            }
            long size = in.getUnsignedInt(in.readerIndex());
            if (size > maxFrame) {
                throw broken("a frame of " + size + " bytes is above the limit of " + maxFrame
                        + "; if the peer is one of this protocol, send less at once");
            }
            if (in.readableBytes() < HEADER_BYTES + size) {
                return;
            }
            in.skipBytes(HEADER_BYTES);
            try {
                out.add(parser.parseFrom(
                        com.google.protobuf.CodedInputStream.newInstance(in.nioBuffer(in.readerIndex(), (int) size))));
            } catch (InvalidProtocolBufferException malformed) {
                throw broken(
                        "a frame of " + size + " bytes is no message of jynamo.worker.v1: " + malformed.getMessage());
            }
            in.skipBytes((int) size);
        }

        private JynamoException broken(String why) {
            broken = true;
            return new JynamoException(ErrorCode.INVALID_REQUEST, why);
        }
    }
}
