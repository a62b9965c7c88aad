package io.jynamo.frontend.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of one HTTP/1.1 connection, or the one request of an h2 stream, and keeps them apart: the next is
 * looked at when the answer to the one before it is whole.
 *
 * <p>How it works. {@code exchange} is null between requests. A request is refused from its head where possible, and
 * its body is then read and dropped, for a socket closed with unread bytes resets and the client would never see the
 * answer. Messages of later requests wait in {@code parked}, bounded; past the bound the socket is not read. Reading
 * goes on otherwise while an answer runs, which is how a client that left is noticed at once.
 *
 * <p>A client that shuts down its sending side counts as gone: it cannot be told apart from one that closed, and an
 * engine must not work for nobody.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows as the channel's end
final class RequestReader extends ChannelInboundHandlerAdapter {
    private final HttpShell shell;
    private final boolean stream;
    private final Parked parked = new Parked();
    private final Watch watch = new Watch();
    private @Nullable ChannelHandlerContext context;
    private @Nullable ChannelHandlerContext codec;
    private @Nullable SocketExchange exchange;
    private @Nullable RequestBody body;
    private @Nullable Endpoint endpoint;
    private @Nullable UploadFlow upload;
    private long announced;
    private long bodyLimit;
    private boolean bodyRead = true;
    private boolean responded;
    private boolean dropping;
    private boolean keepAlive = true;
    private boolean lingering;
    private boolean sawMessage;
    private boolean sawBytes;
    private long sinceNanos;
    private boolean headStarted;
    private boolean servedOne;

    /** @param stream whether this is an h2 stream, whose connection outlives it */
    RequestReader(HttpShell shell, boolean stream) {
        this.shell = shell;
        this.stream = stream;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        codec = stream ? null : ctx.pipeline().context(HttpServerCodec.class);
        sinceNanos = System.nanoTime();
        clock(ctx.channel()).add(watch);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        leave(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leave(ctx);
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HttpObject part)) {
            ReferenceCountUtil.release(message);
            return;
        }
        sawMessage = true;
        if (!parked.isEmpty() || (exchange != null && part instanceof HttpRequest)) {
            park(ctx, part);
        } else {
            take(ctx, part);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // The codec read bytes that made no message yet: a head is arriving, slowly or not.
        if (exchange == null && sawBytes && !sawMessage && !headStarted) {
            headStarted = true;
            sinceNanos = System.nanoTime();
        }
        sawMessage = false;
        sawBytes = false;
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (exchange != null && ctx.channel().isWritable()) {
            exchange.onWritable();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof java.io.IOException)) {
            shell.onUnexpected(cause);
        }
        ctx.close();
    }

    /** Goes before the codec, to see bytes that are no message yet. */
    ChannelHandler byteWatch() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object bytes) {
                sawBytes = true;
                ctx.fireChannelRead(bytes);
            }
        };
    }

    /** Where what is encoded already goes, on HTTP/1.1; null on h2. */
    @Nullable
    ChannelHandlerContext codec() {
        return codec;
    }

    boolean keepsAlive() {
        return keepAlive;
    }

    void closeAfterResponse() {
        keepAlive = false;
    }

    void onResponseEnd(ChannelFuture written) {
        responded = true;
        written.addListener(done -> shell.onExchangeEnd());
        if (stream) {
            if (!bodyRead) {
                dropping = true;
                // The answer is whole; what the client still sends is not wanted.
                written.addListener(done -> ctx().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR)));
            }
            return;
        }
        if (!keepAlive) {
            if (bodyRead) {
                written.addListener(ChannelFutureListener.CLOSE);
            } else {
                written.addListener(done -> linger());
            }
        } else if (bodyRead) {
            next();
        }
    }

    HttpLimits limits() {
        return shell.limits();
    }

    /** How whoever sent a request is told that it failed. */
    ErrorForm errors(RequestHead head) {
        return shell.dispatcher().errors(head);
    }

    /** Whether more of the body is not read because nobody takes it now, which is not its client's doing. */
    private boolean isHeldUp() {
        if (upload == null || !upload.waits()) {
            return false;
        }
        sinceNanos = System.nanoTime();
        return true;
    }

    private ReadRefusals refusals() {
        return new ReadRefusals(shell.limits(), errors(exchange == null ? RequestHead.broken() : exchange.head()));
    }

    private ChannelHandlerContext ctx() {
        if (context == null) {
            throw new IllegalStateException("the handler is in no pipeline");
        }
        return context;
    }

    /** Reads and drops for a while what the client still sends, so that it sees the answer instead of a reset. */
    private void linger() {
        lingering = true;
        sinceNanos = System.nanoTime();
        if (ctx().channel() instanceof DuplexChannel duplex && ctx().pipeline().get("tls") == null) {
            duplex.shutdownOutput();
        }
    }

    private void take(ChannelHandlerContext ctx, HttpObject part) {
        try {
            if (part instanceof HttpRequest request) {
                begin(ctx, request);
            }
            if (part instanceof HttpContent content && exchange != null && !bodyRead) {
                read(content);
            }
        } finally {
            ReferenceCountUtil.release(part);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        responded = false;
        dropping = false;
        bodyRead = false;
        headStarted = false;
        endpoint = null;
        bodyLimit = shell.limits().maxBodyBytes();
        sinceNanos = System.nanoTime();
        DecoderResult decoded = request.decoderResult();
        keepAlive = stream
                || (!decoded.isFailure()
                        && HttpUtil.isKeepAlive(request)
                        && shell.dispatcher().keepsConnections());
        RequestHead head;
        try {
            head = decoded.isFailure() ? RequestHead.broken() : RequestHead.of(request);
        } catch (IllegalArgumentException broken) {
            head = RequestHead.broken();
            decoded = DecoderResult.failure(broken);
            keepAlive = stream;
        }
        announced = head.contentLength();
        body = new RequestBody(shell.budget(), shell.limits().maxBodyBytes());
        boolean http10 = !stream && request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        exchange = new SocketExchange(head, body, ctx.channel(), this, http10);
        shell.onExchangeBegin();
        if (decoded.isFailure()) {
            bodyRead = true;
            refuse(refusals().framing(decoded.cause()));
            return;
        }
        judge(head);
    }

    private void judge(RequestHead head) {
        Dispatcher.Verdict verdict = shell.dispatcher().accept(head);
        if (exchange != null) {
            exchange.visit(verdict.visit());
        }
        switch (verdict) {
            case Dispatcher.Verdict.Refuse refused -> refuse(refused.answer());
            case Dispatcher.Verdict.Take take -> {
                endpoint = take.endpoint();
                dropping = !take.readsBody();
                if (take.endpoint() instanceof UploadEndpoint large) {
                    bodyLimit = large.limit();
                }
                if (head.contentLength() > bodyLimit) {
                    refuse(refusals().tooLarge(bodyLimit));
                } else if (!expectationMet(head)) {
                    refuse(refusals().strangeExpectation());
                } else if (take.endpoint() instanceof UploadEndpoint large && exchange != null) {
                    upload = UploadFlow.open(large, exchange, ctx().channel());
                }
            }
        }
    }

    private boolean expectationMet(RequestHead head) {
        String expect = head.header("expect");
        if (expect == null) {
            return true;
        }
        if (!"100-continue".equalsIgnoreCase(expect)) {
            return false;
        }
        ctx().writeAndFlush(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        return true;
    }

    private void read(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            bodyRead = true;
            if (!responded) {
                refuse(refusals().framing(content.decoderResult().cause()));
            } else {
                ctx().close();
            }
            return;
        }
        if (upload != null) {
            pour(upload, content.content());
        } else if (!dropping && body != null) {
            switch (body.append(content.content(), announced)) {
                case TAKEN -> {}
                case TOO_LARGE -> refuse(refusals().tooLarge(bodyLimit));
                case NO_MEMORY -> refuse(refusals().noMemory());
            }
        }
        if (content instanceof LastHttpContent) {
            onBodyRead();
        }
    }

    /** Hands some of the body on, to where it goes as it arrives. */
    private void pour(UploadFlow into, ByteBuf part) {
        sinceNanos = System.nanoTime(); // a large body takes its time, but some of it must come
        switch (into.pour(part)) {
            case TAKEN -> {}
            case TOO_LARGE -> refuse(refusals().tooLarge(bodyLimit));
            case UNWANTED -> refuse(into.refusal());
        }
    }

    /** Nothing more of the body goes where it went. */
    private void abandonUpload() {
        UploadFlow into = upload;
        upload = null;
        if (into != null) {
            into.abandon();
        }
    }

    private void onBodyRead() {
        bodyRead = true;
        upload = null; // whoever took it has all, and its endpoint is told
        if (!responded && endpoint != null && exchange != null) {
            answer(endpoint, exchange);
        } else if (responded && !stream) {
            if (keepAlive) {
                next();
            } else {
                ctx().close();
            }
        }
    }

    private void answer(Endpoint by, SocketExchange to) {
        try {
            by.handle(to);
        } catch (RuntimeException failed) {
            shell.onUnexpected(failed);
            to.respond(refusals().failed());
        }
    }

    /** Answers from the head; what remains of the body is dropped, and a long remainder costs the connection. */
    private void refuse(Answer answer) {
        dropping = true;
        endpoint = null;
        abandonUpload();
        boolean shortRest = bodyRead || (announced >= 0 && announced <= Parked.MOST_BYTES);
        boolean waits = exchange != null && exchange.head().header("expect") != null;
        if (!stream && (!shortRest || waits)) {
            keepAlive = false;
        }
        if (exchange != null) {
            exchange.respond(answer);
        }
    }

    /** Turns to the next request; loops, because parked ones may be answered at once. */
    private void next() {
        if (exchange == null) {
            return;
        }
        exchange = null;
        body = null;
        servedOne = true;
        sinceNanos = System.nanoTime();
        if (parked.isEmpty()) {
            return;
        }
        // A fresh stack per request: a thousand pipelined ones must not nest.
        ctx().channel().eventLoop().execute(this::unpark);
    }

    private void unpark() {
        while (!parked.isEmpty() && (exchange == null || !parked.beginsRequest())) {
            take(ctx(), parked.remove());
        }
        if (parked.isEmpty()) {
            ctx().channel().config().setAutoRead(true);
        }
    }

    private void park(ChannelHandlerContext ctx, HttpObject part) {
        parked.add(part);
        if (parked.isFull()) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    LoopClock clock(Channel of) {
        return shell.clock(of.eventLoop());
    }

    private void leave(ChannelHandlerContext ctx) {
        clock(ctx.channel()).remove(watch);
        SocketExchange left = exchange;
        exchange = null;
        abandonUpload();
        if (left != null) {
            if (!responded) {
                responded = true;
                shell.onExchangeEnd();
            }
            left.onGone();
        }
        parked.release();
    }

    /** The timeouts of this reader. */
    private final class Watch extends LoopClock.Watched {
        private final StallWatch stall = new StallWatch();

        @Override
        void onTick(long nowNanos) {
            long waited = nowNanos - sinceNanos;
            if (stall.isStalled(
                    ctx().channel(), nowNanos, shell.limits().idleTimeout().toNanos())) {
                ctx().close();
            } else if (lingering) {
                if (waited > shell.limits().lingerTimeout().toNanos()) {
                    ctx().close();
                }
            } else if (exchange == null) {
                onTickBetween(waited);
            } else if (!bodyRead
                    && !isHeldUp()
                    && waited > shell.limits().requestReadTimeout().toNanos()) {
                onSlowRequest();
            } else {
                exchange.onTick(nowNanos);
            }
        }

        private void onTickBetween(long waited) {
            if (headStarted) {
                if (waited > shell.limits().requestReadTimeout().toNanos()) {
                    answerHeadless();
                }
            } else if (waited
                    > (servedOne ? shell.limits().idleTimeout() : shell.limits().requestReadTimeout()).toNanos()) {
                ctx().close();
            }
        }

        private void onSlowRequest() {
            if (responded) {
                ctx().close();
                return;
            }
            keepAlive = false;
            bodyRead = true;
            refuse(refusals().late());
        }

        private void answerHeadless() {
            headStarted = false;
            sinceNanos = System.nanoTime();
            Answer answer = refusals().late();
            var response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(answer.status()),
                    Unpooled.wrappedBuffer(answer.body()));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                    .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            ctx().writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
