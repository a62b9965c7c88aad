package io.jynamo.frontend.generate;

/**
 * Turns one choice's text, after stop matching, into the parts of an answer as it comes. The place where tool calls and
 * reasoning are told from content. One parser serves one choice and one thread.
 */
interface OutputParser {
    /** Takes more text and returns the content that is certain by now. */
    String push(String text);

    /** The content that was still held back at the end. */
    String finish();

    /** Everything is content. */
    OutputParser PLAIN = new OutputParser() {
        @Override
        public String push(String text) {
            return text;
        }

        @Override
        public String finish() {
            return "";
        }
    };
}
