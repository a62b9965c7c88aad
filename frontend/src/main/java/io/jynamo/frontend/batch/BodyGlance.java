package io.jynamo.frontend.batch;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.protocol.JynamoException;

/**
 * What is to be known of a line's body before it is a request.
 *
 * @param model that it asks for; empty where that is not to be seen
 */
record BodyGlance(String model, boolean streams) {
    static BodyGlance of(byte[] body) {
        try {
            return JsonInput.readObject(body, body.length, in -> {
                String model = "";
                boolean streams = false;
                for (String name = in.nextName(); name != null; name = in.nextName()) {
                    if (name.equals("model") && in.isString()) {
                        model = in.string();
                    } else if (name.equals("stream")) {
                        streams |= in.isBoolean() && in.bool();
                    } else {
                        in.skip();
                    }
                }
                return new BodyGlance(model, streams);
            });
        } catch (JynamoException broken) {
            return new BodyGlance("", false); // whoever answers it says what is wrong
        }
    }
}
