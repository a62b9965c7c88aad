package io.jynamo.frontend.http;

import io.jynamo.protocol.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;

/**
 * Tells the client of a connection over the limit why it is not served, in the protocol it speaks, and closes.
 *
 * <p>How it works. It waits for the first bytes, which tell h2 with its preface from HTTP/1.1; over TLS the handshake is
 * before it in the pipeline. HTTP/1.1 gets a whole answer; h2 gets a GOAWAY that took no stream, with the same JSON as
 * its debug data. What the client still sends is read and dropped until it closes or the linger timeout ends, for a
 * socket closed with unread bytes resets and takes the answer with it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows as the channel's end
final class ConnectionRefusal extends FirstBytes {
    private final HttpShell shell;

    ConnectionRefusal(HttpShell shell) {
        super(shell, shell.limits().lingerTimeout());
        this.shell = shell;
    }

    @Override
    void onProtocol(ChannelHandlerContext ctx, boolean http2) {
        Answer answer = shell.dispatcher()
                .errors(RequestHead.broken())
                .answer(
                        ErrorCode.TOO_MANY_CONNECTIONS,
                        "The server holds as many connections as it may ("
                                + shell.limits().maxConnections() + "); try again shortly.");
        var written = ctx.writeAndFlush(http2 ? goAway(answer) : whole(answer));
        if (ctx.channel() instanceof DuplexChannel duplex) {
            written.addListener(done -> endOutput(duplex));
        }
    }

    /** Over TLS the end is said by it first; what still comes is then dropped as it is, nobody needs it decrypted. */
    private static void endOutput(DuplexChannel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
            return;
        }
        tls.closeOutbound().addListener(said -> {
            if (channel.isActive()) {
                channel.pipeline().remove(tls);
                channel.shutdownOutput();
            }
        });
    }

    @Override
    void onMore(ByteBuf in) {
        in.skipBytes(in.readableBytes());
    }

    private static ByteBuf whole(Answer answer) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(HttpResponseStatus.valueOf(answer.status()));
        head.append("\r\ncontent-type: ").append(answer.contentType());
        head.append("\r\ncontent-length: ").append(answer.body().length);
        answer.headers()
                .forEach(header ->
                        head.append("\r\n").append(header.getKey()).append(": ").append(header.getValue()));
        head.append("\r\nconnection: close\r\n\r\n");
        byte[] bytes = head.toString().getBytes(StandardCharsets.US_ASCII);
        return Unpooled.wrappedBuffer(bytes, answer.body());
    }

    /** The settings every server begins with, then the end. */
    private static ByteBuf goAway(Answer answer) {
        ByteBuf frames = Unpooled.buffer();
        Http2CodecUtil.writeFrameHeader(frames, 0, Http2FrameTypes.SETTINGS, new Http2Flags(), 0);
        Http2CodecUtil.writeFrameHeader(
                frames, 2 * Integer.BYTES + answer.body().length, Http2FrameTypes.GO_AWAY, new Http2Flags(), 0);
        frames.writeInt(0);
        frames.writeInt((int) Http2Error.ENHANCE_YOUR_CALM.code());
        return frames.writeBytes(answer.body());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
