package io.jynamo.frontend.kserve;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.jynamo.frontend.kserve.wire.ModelInferRequest;
import java.io.IOException;

/**
 * Whom a request to infer is for, and its id, read without the rest of it; empty where it does not say, is broken, or says more
 * than anybody is told again.
 */
record MessageFacts(String model, String id) {
    /** Characters of a name or an id at most: they come with every response. */
    static final int MOST = 1_024;

    MessageFacts {
        model = model.length() > MOST ? "" : model;
        id = id.length() > MOST ? "" : id;
    }

    static MessageFacts of(byte[] message) {
        String model = "";
        String id = "";
        CodedInputStream in = CodedInputStream.newInstance(message);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                boolean text = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
                if (text && WireFormat.getTagFieldNumber(tag) == ModelInferRequest.MODEL_NAME_FIELD_NUMBER) {
                    model = in.readStringRequireUtf8();
                } else if (text && WireFormat.getTagFieldNumber(tag) == ModelInferRequest.ID_FIELD_NUMBER) {
                    id = in.readStringRequireUtf8();
                } else if (!in.skipField(tag)) {
                    break;
                }
            }
        } catch (IOException broken) {
            return new MessageFacts(model, id); // whoever reads all of it says so
        }
        return new MessageFacts(model, id);
    }
}
