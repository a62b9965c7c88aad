package io.jynamo.frontend.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Tells h2 with prior knowledge from HTTP/1.1 by a connection's first bytes, then leaves the pipeline. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows as the channel's end
final class ProtocolSniffer extends ByteToMessageDecoder {
    private final ConnectionPipeline speaker;
    private final HttpShell shell;
    private final LoopClock.Watched patience;

    ProtocolSniffer(ConnectionPipeline speaker, HttpShell shell) {
        this.speaker = speaker;
        this.shell = shell;
        this.patience = new Patience(System.nanoTime());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ((Patience) patience).context = ctx;
        shell.clock(ctx.channel().eventLoop()).add(patience);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        shell.clock(ctx.channel().eventLoop()).remove(patience);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        shell.clock(ctx.channel().eventLoop()).remove(patience);
        super.channelInactive(ctx);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        ByteBuf preface = ConnectionPipeline.preface();
        try {
            int seen = Math.min(in.readableBytes(), preface.readableBytes());
            boolean http2 = ByteBufUtil.equals(in, in.readerIndex(), preface, preface.readerIndex(), seen);
            if (http2 && seen < preface.readableBytes()) {
                return;
            }
            if (http2) {
                speaker.speakHttp2(ctx.pipeline());
            } else {
                speaker.speakHttp1(ctx.pipeline());
            }
        } finally {
            preface.release();
        }
        ctx.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof java.io.IOException)) {
            shell.onUnexpected(cause);
        }
        ctx.close();
    }

    /** Closes a connection that does not say what it speaks. */
    private final class Patience extends LoopClock.Watched {
        private final long sinceNanos;
        private @org.jspecify.annotations.Nullable ChannelHandlerContext context;

        private Patience(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }

        @Override
        void onTick(long nowNanos) {
            if (context != null
                    && nowNanos - sinceNanos
                            > shell.limits().requestReadTimeout().toNanos()) {
                context.close();
            }
        }
    }
}
