package io.jynamo.frontend.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells h2 with prior knowledge from HTTP/1.1 by a connection's first bytes, and closes one that takes too long, if it is
 * still in the pipeline then.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed close shows as the channel's end
abstract class FirstBytes extends ByteToMessageDecoder {
    private final HttpShell shell;
    private final Patience patience;
    private @Nullable ChannelHandlerContext context;
    private boolean known;

    FirstBytes(HttpShell shell, Duration patience) {
        this.shell = shell;
        this.patience = new Patience(patience.toNanos());
    }

    /** It is known what the client speaks; called once, with all its bytes unread. */
    abstract void onProtocol(ChannelHandlerContext ctx, boolean http2);

    /** Bytes that come after that. */
    abstract void onMore(ByteBuf in);

    @Override
    public final void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        shell.clock(ctx.channel().eventLoop()).add(patience);
    }

    @Override
    protected final void handlerRemoved0(ChannelHandlerContext ctx) {
        shell.clock(ctx.channel().eventLoop()).remove(patience);
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) throws Exception {
        shell.clock(ctx.channel().eventLoop()).remove(patience);
        super.channelInactive(ctx);
    }

    @Override
    protected final void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!known) {
            ByteBuf preface = ConnectionPipeline.preface();
            try {
                int seen = Math.min(in.readableBytes(), preface.readableBytes());
                boolean http2 = ByteBufUtil.equals(in, in.readerIndex(), preface, preface.readerIndex(), seen);
                if (http2 && seen < preface.readableBytes()) {
                    return;
                }
                known = true;
                onProtocol(ctx, http2);
            } finally {
                preface.release();
            }
        }
        if (!ctx.isRemoved()) {
            onMore(in);
        }
    }

    private final class Patience extends LoopClock.Watched {
        private final long sinceNanos = System.nanoTime();
        private final long limitNanos;

        Patience(long limitNanos) {
            this.limitNanos = limitNanos;
        }

        @Override
        void onTick(long nowNanos) {
            if (context != null && nowNanos - sinceNanos > limitNanos) {
                context.close();
            }
        }
    }
}
