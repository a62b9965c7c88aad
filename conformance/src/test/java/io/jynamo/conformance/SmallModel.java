package io.jynamo.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;

/** SmolLM2-135M-Instruct behind a server that reads and can force calls in Hermes' markup. */
final class SmallModel {
    static final String NAME = "smollm2";

    private SmallModel() {}

    static boolean isHere() {
        return RealModelTest.find().isPresent();
    }

    static void assumeHere() {
        assumeTrue(isHere(), "not run: SmolLM2-135M-Instruct is not on this machine (./jynamo pull brings it)");
    }

    /** Starts a server of it, with a folder for files. */
    static Server serve() {
        return serve(4_096);
    }

    /** @param context tokens of a prompt and its answer, 8,192 at most */
    static Server serve(int context) {
        return Server.start(
                List.of(
                        "--model",
                        RealModelTest.find().orElseThrow().toString(),
                        "--served-model-name",
                        NAME,
                        "--max-model-len",
                        String.valueOf(context),
                        "--tool-call-parser",
                        "hermes",
                        "--files-dir",
                        Scratch.folder("files").toString()),
                Map.of());
    }
}
