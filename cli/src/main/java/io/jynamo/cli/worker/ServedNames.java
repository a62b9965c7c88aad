package io.jynamo.cli.worker;

import java.nio.file.Path;
import java.util.List;

/** The names clients may use for the served model, the first being its own. */
public record ServedNames(List<String> all) {
    static final String SIMULATED = "simulated";

    public static ServedNames of(WorkerSetup setup) {
        List<String> given = setup.model().servedNames();
        return new ServedNames(given.isEmpty() ? List.of(ownName(setup)) : given);
    }

    public String primary() {
        return all.getFirst();
    }

    /** An alias or hub name as it is, of a path its last part without the file's ending. */
    private static String ownName(WorkerSetup setup) {
        String spec = setup.model().model().orElse(SIMULATED);
        if (spec.startsWith("hf:")) {
            return spec.substring("hf:".length());
        }
        Path last = Path.of(spec).toAbsolutePath().normalize().getFileName();
        String name = last == null ? spec : last.toString();
        return name.endsWith(".gguf") ? name.substring(0, name.length() - ".gguf".length()) : name;
    }
}
