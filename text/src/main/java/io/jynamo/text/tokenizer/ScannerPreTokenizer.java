package io.jynamo.text.tokenizer;

/** Cuts with a {@link Scanner}. */
record ScannerPreTokenizer(Scanner scanner) implements PreTokenizer {
    @Override
    public void apply(Pieces in, Pieces out) {
        out.sameText(in);
        for (int i = 0; i < in.count; i++) {
            scanner.scan(out.text, in.starts[i], in.ends[i], out);
        }
    }

    @Override
    public boolean keepsText() {
        return true;
    }
}
