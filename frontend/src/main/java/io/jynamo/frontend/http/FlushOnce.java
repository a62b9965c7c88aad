package io.jynamo.frontend.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Makes one flush of all that one visit of the event loop asks for: a system call per flush is what a stream costs most.
 *
 * <p>A flush asked for while bytes are read waits for the end of that read; any other becomes a task that runs after
 * what is queued already, by when further output of a busy engine may have come. Netty's own handler for this makes a
 * future of each.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the promise tells
final class FlushOnce extends ChannelDuplexHandler {
    private final Runnable task = this::onTask;
    private @Nullable ChannelHandlerContext context;
    private boolean reading;
    private boolean asked;
    private boolean scheduled;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        asked = true;
        if (!reading && !scheduled) {
            scheduled = true;
            ctx.channel().eventLoop().execute(task);
        }
    }

    private void onTask() {
        scheduled = false;
        if (context != null) {
            flushNow(context);
        }
    }

    private void flushNow(ChannelHandlerContext ctx) {
        if (asked) {
            asked = false;
            ctx.flush();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        reading = false;
        flushNow(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        reading = false;
        flushNow(ctx);
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            flushNow(ctx);
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
        flushNow(ctx);
        ctx.disconnect(promise);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        flushNow(ctx);
        ctx.close(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        flushNow(ctx);
    }
}
