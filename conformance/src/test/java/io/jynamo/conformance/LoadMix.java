package io.jynamo.conformance;

/**
 * The requests of the fault suite: a few that differ in all that a seam between two workers could show in, asked over and
 * over, so that the undisturbed answer of each is known.
 */
final class LoadMix {
    static final int REQUESTS = 24;
    private static final String LONG_PROMPT =
            "The harbour was quiet and the ships lay still under the moon. ".repeat(40);

    private LoadMix() {}

    /** The body of a request, 0 up to {@link #REQUESTS}. */
    static String body(int number) {
        return """
                {"model":"%s","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":%d,
                 "ignore_eos":true,"n":%d,"seed":%d,"logprobs":%b,"temperature":0.8,"presence_penalty":%s,
                 "frequency_penalty":%s,"stop":%s,"messages":[{"role":"user","content":"%sStory number %d, please."}]}""".formatted(
                        TestFleet.MODEL,
                        80 + 20 * (number % 4),
                        1 + number % 2,
                        number,
                        number % 3 == 0,
                        number % 4 == 1 ? "0.5" : "0",
                        number % 4 == 2 ? "0.4" : "0",
                        number % 4 == 0 ? "[\"once more. The\", \"for a while. The\"]" : "null",
                        number % 6 == 5 ? LONG_PROMPT : "",
                        number);
    }
}
