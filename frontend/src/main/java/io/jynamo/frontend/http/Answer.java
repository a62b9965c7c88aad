package io.jynamo.frontend.http;

import java.util.List;
import java.util.Map;

/**
 * A whole response.
 *
 * @param headers beside content type and length, in order
 * @param body owned by the answer
 */
@SuppressWarnings("ArrayRecordComponent") // written once, sent once
public record Answer(int status, String contentType, List<Map.Entry<String, String>> headers, byte[] body) {
    public static final String JSON = "application/json";

    public Answer {
        headers = List.copyOf(headers);
    }

    public static Answer json(int status, byte[] body) {
        return new Answer(status, JSON, List.of(), body);
    }

    public Answer with(String header, String value) {
        var more = new java.util.ArrayList<>(headers);
        more.add(Map.entry(header, value));
        return new Answer(status, contentType, more, body);
    }
}
