package io.jynamo.frontend.files;

import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The form of {@code POST /v1/files}: its fields are few and short, its file goes to a draft as it comes. One thread. */
final class UploadForm implements MultipartReader.Parts {
    static final String ANCHOR = "expires_after[anchor]";
    static final String SECONDS = "expires_after[seconds]";

    private static final int MOST_FIELD_BYTES = 1_024;
    private static final int MOST_NAME = 512;
    private static final long LEAST_SECONDS = 3_600;
    private static final long MOST_SECONDS = 30 * 86_400L;

    private final FileDraft draft;
    private final long mostBytes;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final ByteArrayOutputStream value = new ByteArrayOutputStream();
    private String field = "";
    private @Nullable String filename;
    private boolean isFile;

    /** @param mostBytes of the file */
    UploadForm(FileDraft draft, long mostBytes) {
        this.draft = draft;
        this.mostBytes = mostBytes;
    }

    @Override
    public void onPart(PartHead head) {
        field = head.name();
        isFile = field.equals("file");
        if (!isFile && !field.equals("purpose") && !field.equals(ANCHOR) && !field.equals(SECONDS)) {
            throw Refusal.unsupported(field, "`" + field + "` is no field of an upload.");
        }
        if (fields.containsKey(field) || (isFile && filename != null)) {
            throw Refusal.invalid(field, "`" + field + "` is given twice.");
        }
        if (isFile) {
            String name = head.filename();
            if (name == null || name.length() > MOST_NAME) {
                throw Refusal.invalid(
                        "file", "`file` must be a file with a name of at most " + MOST_NAME + " characters.");
            }
            filename = name.isEmpty() ? "upload.jsonl" : name;
        }
        value.reset();
    }

    @Override
    public void onData(byte[] bytes, int from, int count) {
        if (isFile) {
            if (draft.size() + count > mostBytes) {
                throw new Refusal(
                        ErrorCode.BODY_TOO_LARGE,
                        "The file is larger than the limit of " + mostBytes + " bytes; send it in several.",
                        "file");
            }
            draft.write(bytes, from, count);
        } else if (value.size() + count > MOST_FIELD_BYTES) {
            throw Refusal.invalid(field, "`" + field + "` is longer than " + MOST_FIELD_BYTES + " bytes.");
        } else {
            value.write(bytes, from, count);
        }
    }

    @Override
    public void onPartEnd() {
        if (!isFile) {
            fields.put(field, value.toString(StandardCharsets.UTF_8).strip());
        }
    }

    /**
     * The file, once the form is whole.
     *
     * @param nowSeconds when it is made
     */
    StoredFile file(long nowSeconds, long windowSeconds) {
        if (filename == null) {
            throw Refusal.invalid("file", "`file` is required.");
        }
        String purpose = fields.get("purpose");
        if (purpose == null) {
            throw Refusal.invalid("purpose", "`purpose` is required.");
        }
        if (!purpose.equals("batch")) {
            throw Refusal.unsupported("purpose", "`purpose` is `" + purpose + "`; files are taken for `batch` only.");
        }
        if (draft.size() == 0) {
            throw Refusal.invalid("file", "The file is empty.");
        }
        return new StoredFile(
                draft.id(),
                draft.owner(),
                purpose,
                filename,
                draft.size(),
                nowSeconds,
                nowSeconds + seconds(windowSeconds));
    }

    private long seconds(long otherwise) {
        String anchor = fields.get(ANCHOR);
        String given = fields.get(SECONDS);
        if (anchor == null && given == null) {
            return otherwise;
        }
        if (!"created_at".equals(anchor)) {
            throw Refusal.invalid("expires_after.anchor", "`expires_after[anchor]` must be created_at.");
        }
        long seconds;
        try {
            seconds = Long.parseLong(String.valueOf(given));
        } catch (NumberFormatException none) {
            seconds = -1;
        }
        if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
            throw Refusal.invalid(
                    "expires_after.seconds",
                    "`expires_after[seconds]` must be from " + LEAST_SECONDS + " to " + MOST_SECONDS + ".");
        }
        return seconds;
    }
}
