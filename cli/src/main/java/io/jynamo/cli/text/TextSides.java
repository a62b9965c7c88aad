package io.jynamo.cli.text;

import io.jynamo.runtime.session.TextContent;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The text sides that engines of one process have in use: a vocabulary takes memory, and engines of one model share it. */
public final class TextSides {
    private final Map<String, WeakReference<TextSide>> known = new HashMap<>();

    /** Of a model's folder or GGUF file; read only where nobody uses the same one. */
    public synchronized TextSide of(Path files) {
        List<TextContent> offered = OfferedText.of(files);
        String digest = TextSide.digest(offered);
        WeakReference<TextSide> used = known.get(digest);
        TextSide text = used == null ? null : used.get();
        if (text == null) {
            known.values().removeIf(unused -> unused.refersTo(null));
            text = new TextSide(ModelText.of(files), offered);
            known.put(digest, new WeakReference<>(text));
        }
        return text;
    }
}
