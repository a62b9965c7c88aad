package io.jynamo.frontend.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** Ends an h2 connection that has had no stream for the idle timeout, and swallows what belongs to no stream. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows as the channel's end
final class Http2Idle extends ChannelInboundHandlerAdapter {
    private final HttpShell shell;
    private final Http2FrameCodec codec;
    private final Watch watch = new Watch();
    private @Nullable ChannelHandlerContext context;

    Http2Idle(HttpShell shell, Http2FrameCodec codec) {
        this.shell = shell;
        this.codec = codec;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        shell.clock(ctx.channel().eventLoop()).add(watch);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        shell.clock(ctx.channel().eventLoop()).remove(watch);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        shell.clock(ctx.channel().eventLoop()).remove(watch);
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        // Settings, pings and the like, which the codec has answered.
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof java.io.IOException)) {
            shell.onUnexpected(cause);
        }
        ctx.close();
    }

    private final class Watch extends LoopClock.Watched {
        private long activeNanos = System.nanoTime();

        @Override
        void onTick(long nowNanos) {
            if (codec.connection().numActiveStreams() > 0) {
                activeNanos = nowNanos;
            } else if (nowNanos - activeNanos > shell.limits().idleTimeout().toNanos() && context != null) {
                context.close();
            }
        }
    }
}
