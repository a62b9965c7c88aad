package io.jynamo.text.tokenizer;

/** What becomes of a delimiter that a pre-tokenizer found, as the Hugging Face tokenizers library names it. */
enum SplitBehavior {
    REMOVED,
    ISOLATED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT,
    CONTIGUOUS;

    /**
     * Turns alternating delimiters and gaps into pieces.
     *
     * @param ends where each segment ends; segments are adjacent and begin at {@code start}
     * @param matches whether a segment is a delimiter
     */
    void emit(int start, int[] ends, boolean[] matches, int count, Pieces out) {
        switch (this) {
            case REMOVED -> each(start, ends, matches, count, false, out);
            case ISOLATED -> each(start, ends, matches, count, true, out);
            case CONTIGUOUS -> contiguous(start, ends, matches, count, out);
            case MERGED_WITH_PREVIOUS -> mergedWithPrevious(start, ends, matches, count, out);
            case MERGED_WITH_NEXT -> mergedWithNext(start, ends, matches, count, out);
        }
    }

    private static void each(int start, int[] ends, boolean[] matches, int count, boolean keepMatches, Pieces out) {
        int from = start;
        for (int i = 0; i < count; i++) {
            if (ends[i] > from && (keepMatches || !matches[i])) {
                out.add(from, ends[i]);
            }
            from = ends[i];
        }
    }

    private static void contiguous(int start, int[] ends, boolean[] matches, int count, Pieces out) {
        int from = start;
        for (int i = 0; i < count; i++) {
            boolean last = i + 1 == count || matches[i + 1] != matches[i];
            if (last && ends[i] > from) {
                out.add(from, ends[i]);
                from = ends[i];
            }
        }
    }

    private static void mergedWithPrevious(int start, int[] ends, boolean[] matches, int count, Pieces out) {
        int from = start;
        for (int i = 0; i < count; i++) {
            boolean joinsNext = i + 1 < count && matches[i + 1] && !matches[i];
            if (!joinsNext && ends[i] > from) {
                out.add(from, ends[i]);
                from = ends[i];
            }
        }
    }

    private static void mergedWithNext(int start, int[] ends, boolean[] matches, int count, Pieces out) {
        int from = start;
        for (int i = 0; i < count; i++) {
            boolean joinsNext = matches[i] && i + 1 < count && !matches[i + 1];
            if (!joinsNext && ends[i] > from) {
                out.add(from, ends[i]);
                from = ends[i];
            }
        }
    }
}
