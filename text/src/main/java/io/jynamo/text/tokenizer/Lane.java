package io.jynamo.text.tokenizer;

/** The scratch of one encoding at a time: buffers that would else be allocated for every text. */
final class Lane {
    private static final int KEPT = 1 << 20;

    final BpeMerger merger = new BpeMerger();
    final ByteMerger.Scratch bytes = new ByteMerger.Scratch();
    final IdBuffer out = new IdBuffer();
    final Lattice lattice = new Lattice();
    final TextLoader loader = new TextLoader();
    final WordEncoder.Batch batch = new WordEncoder.Batch();
    final HotWords hot = new HotWords();
    Pieces pieces = new Pieces();
    Pieces spare = new Pieces();

    /** Ready for the next text; buffers that a huge text has blown up are let go. */
    void clear() {
        if (out.ids.length > KEPT) {
            out.ids = new int[4096];
        }
        if (pieces.text.length > KEPT
                || spare.text.length > KEPT
                || pieces.ends.length > KEPT
                || spare.ends.length > KEPT) {
            pieces = new Pieces();
            spare = new Pieces();
        }
        merger.clear();
        lattice.clear();
    }
}
