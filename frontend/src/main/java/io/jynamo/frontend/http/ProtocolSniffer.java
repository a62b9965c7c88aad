package io.jynamo.frontend.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Sets up a connection for what it speaks, then leaves the pipeline. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed close shows as the channel's end
final class ProtocolSniffer extends FirstBytes {
    private final ConnectionPipeline speaker;
    private final HttpShell shell;

    ProtocolSniffer(ConnectionPipeline speaker, HttpShell shell) {
        super(shell, shell.limits().requestReadTimeout());
        this.speaker = speaker;
        this.shell = shell;
    }

    @Override
    void onProtocol(ChannelHandlerContext ctx, boolean http2) {
        if (http2) {
            speaker.speakHttp2(ctx.pipeline());
        } else {
            speaker.speakHttp1(ctx.pipeline());
        }
        ctx.pipeline().remove(this);
    }

    @Override
    void onMore(ByteBuf in) {
        throw new IllegalStateException("it has left the pipeline");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof java.io.IOException)) {
            shell.onUnexpected(cause);
        }
        ctx.close();
    }
}
