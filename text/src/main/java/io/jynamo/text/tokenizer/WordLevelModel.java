package io.jynamo.text.tokenizer;

/** A whole word is a token, or unknown. */
record WordLevelModel(ByteIndex index, int unknownId) implements TokenModel {
    @Override
    public void encode(byte[] s, int from, int to, Lane lane, IdBuffer out) {
        int id = index.find(s, from, to);
        if (id >= 0) {
            out.add(id);
        } else if (unknownId >= 0) {
            out.add(unknownId);
        }
    }
}
