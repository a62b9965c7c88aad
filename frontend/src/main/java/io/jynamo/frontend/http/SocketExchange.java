package io.jynamo.frontend.http;

import io.jynamo.frontend.keys.Visit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A request that came over HTTP/1.1 or an h2 stream. After its client is gone all calls do nothing (buffers are still released). */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows as the channel's end
final class SocketExchange implements Exchange {
    private static final int MAX_ECHOED = 256;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int CRLF = '\r' << 8 | '\n';
    private static final int CHUNK_FRAME_BYTES = 8 + 4;

    /** How far the answer is. */
    private enum Stage {
        OPEN,
        STREAMING,
        DONE,
        GONE
    }

    private final RequestHead head;
    private final RequestBody body;
    private final Channel channel;
    private final RequestReader reader;
    private final long arrivedNanos;
    private final boolean http10;
    private Stage stage = Stage.OPEN;
    private Visit visit = Visit.NONE;
    private @Nullable ExchangeListener listener;

    SocketExchange(RequestHead head, RequestBody body, Channel channel, RequestReader reader, boolean http10) {
        this.head = head;
        this.body = body;
        this.channel = channel;
        this.reader = reader;
        this.http10 = http10;
        this.arrivedNanos = System.nanoTime();
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public ErrorForm errors() {
        return reader.errors(head);
    }

    @Override
    public RequestBody body() {
        return body;
    }

    @Override
    public Visit visit() {
        return visit;
    }

    void visit(Visit of) {
        visit = of;
        Channel parent = channel.parent();
        boolean stream = channel.remoteAddress() == null && parent != null;
        of.onClient(stream ? parent.remoteAddress() : channel.remoteAddress(), System.nanoTime() - arrivedNanos);
    }

    @Override
    public long arrivedNanos() {
        return arrivedNanos;
    }

    @Override
    public EventLoop loop() {
        return channel.eventLoop();
    }

    @Override
    public boolean isOpen() {
        return stage == Stage.OPEN || stage == Stage.STREAMING;
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void listen(ExchangeListener to) {
        listener = to;
    }

    @Override
    public void respond(Answer answer) {
        if (loop().inEventLoop()) {
            send(answer);
        } else {
            loop().execute(() -> send(answer));
        }
    }

    @Override
    public void begin(int status, String contentType, List<Map.Entry<String, String>> headers) {
        if (stage != Stage.OPEN) {
            return;
        }
        stage = Stage.STREAMING;
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        HttpHeaders out = response.headers();
        out.set(HttpHeaderNames.CONTENT_TYPE, contentType);
        out.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
        headers.forEach(header -> out.set(header.getKey(), header.getValue()));
        visit.onAnswer(status, out::set);
        if (http10) {
            reader.closeAfterResponse();
        } else {
            out.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        finishHead(out);
        channel.write(response, channel.voidPromise());
    }

    @Override
    public void write(byte[] bytes, int count) {
        if (stage != Stage.STREAMING || count == 0) {
            return;
        }
        visit.onWritten(bytes, count);
        ChannelHandlerContext codec = http10 ? null : reader.codec();
        if (codec == null) {
            ByteBuf part = channel.alloc().ioBuffer(count).writeBytes(bytes, 0, count);
            channel.write(new DefaultHttpContent(part), channel.voidPromise());
        } else {
            // Around the codec, which makes three buffers of a chunk and thereby a slower system call.
            codec.write(chunk(bytes, count), channel.voidPromise());
        }
    }

    /** An HTTP/1.1 chunk in one buffer. */
    private ByteBuf chunk(byte[] bytes, int count) {
        ByteBuf chunk = channel.alloc().ioBuffer(count + CHUNK_FRAME_BYTES);
        for (int shift = (31 - Integer.numberOfLeadingZeros(count)) & ~3; shift >= 0; shift -= 4) {
            chunk.writeByte(HEX[count >>> shift & 15]);
        }
        return chunk.writeShort(CRLF).writeBytes(bytes, 0, count).writeShort(CRLF);
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public void end() {
        if (stage != Stage.STREAMING) {
            return;
        }
        stage = Stage.DONE;
        body.release();
        visit.onOver(); // before the client can know, and come again
        reader.onResponseEnd(channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
    }

    @Override
    public Runnable watchTime(LongConsumer onTick) {
        return reader.clock(channel).add(onTick);
    }

    @Override
    public void abort() {
        if (isOpen()) {
            stage = Stage.DONE;
            body.release();
            visit.onOver();
            channel.close();
        }
    }

    private void send(Answer answer) {
        if (stage != Stage.OPEN) {
            return;
        }
        stage = Stage.DONE;
        body.release();
        boolean bodyless = head.method().equals(HttpMethod.HEAD);
        ByteBuf content = bodyless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body());
        int status = reader.limits().told(answer.status());
        HttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), content);
        HttpHeaders out = response.headers();
        if (answer.status() != 204 && answer.status() != 304) {
            out.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
            out.set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        }
        answer.headers().forEach(header -> out.set(header.getKey(), header.getValue()));
        visit.onAnswer(status, out::set);
        visit.onWritten(answer.body(), answer.body().length);
        visit.onOver(); // before the client can know, and come again
        finishHead(out);
        reader.onResponseEnd(channel.writeAndFlush(response));
    }

    private void finishHead(HttpHeaders out) {
        String id = head.header("x-request-id");
        if (id != null && isPlain(id)) {
            out.set("x-request-id", id);
        }
        if (!reader.keepsAlive()) {
            out.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (http10) {
            out.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    private static boolean isPlain(String text) {
        return text.length() <= MAX_ECHOED && text.chars().allMatch(c -> c >= 0x20 && c < 0x7F);
    }

    void onGone() {
        boolean wasOpen = isOpen();
        stage = Stage.GONE;
        body.release();
        ExchangeListener to = listener;
        if (wasOpen && to != null) {
            to.onGone();
        }
        visit.onOver();
    }

    void onWritable() {
        ExchangeListener to = listener;
        if (to != null && isOpen()) {
            to.onWritable();
        }
    }

    void onTick(long nowNanos) {
        ExchangeListener to = listener;
        if (to != null && isOpen()) {
            to.onTick(nowNanos);
        }
    }
}
