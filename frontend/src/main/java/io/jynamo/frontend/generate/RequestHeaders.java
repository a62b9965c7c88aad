package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.openai.GenerationOptions;
import org.jspecify.annotations.Nullable;

/** What headers add to a request; a header beats the body. */
final class RequestHeaders {
    private RequestHeaders() {}

    /** {@code x-tenant-id}, or the body's salt. */
    static @Nullable String cacheSalt(RequestHead head, GenerationOptions options) {
        String tenant = head.header("x-tenant-id");
        return tenant != null && !tenant.isBlank() ? tenant.strip() : options.cacheSalt();
    }

    /** {@code x-dynamo-request-priority} where it is a number, or the body's priority. */
    static int priority(RequestHead head, GenerationOptions options) {
        String header = head.header("x-dynamo-request-priority");
        if (header != null) {
            try {
                return Integer.parseInt(header.strip());
            } catch (NumberFormatException malformed) {
                return options.priority();
            }
        }
        return options.priority();
    }
}
