package io.jynamo.frontend.files;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.BodySink;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.http.UploadEndpoint;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.keys.Owner;
import io.jynamo.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers OpenAI's paths of files. */
public final class FilesService implements UploadEndpoint {
    /** The path that files are uploaded to, and below which they are. */
    public static final String PATH = "/v1/files";

    private static final String CONTENT = "/content";
    private static final int MOST_LISTED = 10_000;
    /** What a form has besides its file. */
    private static final long FORM_BYTES = 64 * 1024;

    private final FileStore store;
    private final Desk desk;
    private final Map<Exchange, FileUpload> uploads = new ConcurrentHashMap<>();
    private final AtomicInteger running = new AtomicInteger();

    public FilesService(FileStore store, Desk desk) {
        this.store = store;
        this.desk = desk;
    }

    @Override
    public long limit() {
        return store.limits().fileBytes() + FORM_BYTES;
    }

    @Override
    public BodySink open(Exchange exchange, Runnable readOn) {
        if (running.incrementAndGet() > store.limits().uploads()) {
            running.decrementAndGet();
            return new NoRoom(exchange, store.limits().uploads());
        }
        FileUpload upload = new FileUpload(
                exchange,
                store,
                owner(exchange),
                PartHead.boundary(exchange.head().header("content-type")),
                readOn,
                () -> {
                    uploads.remove(exchange);
                    running.decrementAndGet();
                });
        uploads.put(exchange, upload);
        desk.start(exchange, upload);
        return upload;
    }

    /** {@code POST /v1/files}, once the form is there whole. */
    @Override
    public void handle(Exchange exchange) {
        FileUpload upload = uploads.get(exchange);
        if (upload == null) {
            exchange.respond(new NoRoom(exchange, store.limits().uploads()).refusal());
        } else {
            upload.end();
        }
    }

    /** What refuses an upload while there are too many. */
    private record NoRoom(Exchange exchange, int most) implements BodySink {
        @Override
        public Wish take(byte[] part) {
            return Wish.STOP;
        }

        @Override
        public Answer refusal() {
            return exchange.errors()
                    .answer(
                            ErrorCode.OVERLOADED,
                            "The server takes as many uploads as it may (" + most + "); try again shortly.");
        }

        @Override
        public void abandon() {}
    }

    /** {@code GET /v1/files}. */
    public void list(Exchange exchange) {
        desk.answer(exchange, () -> {
            RequestHead head = exchange.head();
            ListQuery query = ListQuery.read(head, MOST_LISTED, MOST_LISTED);
            String purpose = ListQuery.text(head, "purpose");
            List<StoredFile> files = store.list(owner(exchange)).stream()
                    .filter(file -> purpose == null || purpose.equals(file.purpose()))
                    .toList();
            return Answer.json(200, query.page(files, StoredFile::id, StoredFile::write));
        });
    }

    /** {@code GET /v1/files/ID} and {@code GET /v1/files/ID/content}. */
    public void read(Exchange exchange) {
        String id = named(exchange);
        if (!id.endsWith(CONTENT) || exchange.head().method().equals(HttpMethod.HEAD)) {
            String of = id.endsWith(CONTENT) ? id.substring(0, id.length() - CONTENT.length()) : id;
            desk.answer(exchange, () -> answer(store.require(owner(exchange), of)));
            return;
        }
        Owner owner = owner(exchange);
        StoredFile file = store.find(owner, id.substring(0, id.length() - CONTENT.length()));
        if (file == null) {
            desk.answer(exchange, () -> answer(store.require(owner, id)));
        } else {
            desk.start(exchange, () -> new ContentSender(exchange, store.data(file.id())).run());
        }
    }

    /** {@code DELETE /v1/files/ID}. */
    public void delete(Exchange exchange) {
        desk.answer(exchange, () -> {
            String id = named(exchange);
            store.delete(owner(exchange), id);
            JsonWriter out = new JsonWriter(96);
            out.beginObject().name("id").value(id).name("object").value("file");
            return Answer.json(200, out.name("deleted").value(true).endObject().toArray());
        });
    }

    static Answer answer(StoredFile file) {
        JsonWriter out = new JsonWriter(256);
        file.write(out);
        return Answer.json(200, out.toArray());
    }

    private static String named(Exchange exchange) {
        return exchange.head().path().substring(PATH.length() + 1);
    }

    private static Owner owner(Exchange exchange) {
        return Owner.of(exchange.visit().terms(), exchange.head().header("x-tenant-id"));
    }
}
