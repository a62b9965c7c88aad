package io.jynamo.frontend.responses;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one client's earlier responses were. */
public interface History {
    /** Whether anything is kept. */
    boolean isKept();

    /**
     * The items of a conversation up to a response and with it, in order.
     *
     * @param response its id
     * @throws io.jynamo.frontend.openai.Refusal NOT_FOUND naming {@code previous_response_id}
     */
    List<Map<String, @Nullable Object>> conversation(String response);

    /**
     * One item of a response, given or put out.
     *
     * @param path of the reference to it, for messages
     * @throws io.jynamo.frontend.openai.Refusal NOT_FOUND naming the path
     */
    Map<String, @Nullable Object> item(String id, String path);
}
