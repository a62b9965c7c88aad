package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.bytes;
import static io.jynamo.cli.config.Readers.count;
import static io.jynamo.cli.config.Readers.path;
import static io.jynamo.cli.config.Readers.yesOrNo;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Keys with limits, and what is written down of requests. */
final class KeySettings {
    private static final String GROUP = "Keys";

    static final Setting<Optional<Path>> FILE = new Draft(
                    GROUP,
                    "api-keys-file",
                    "FILE",
                    "Keys with limits, as JSON; read again when it changes. See docs/keys.md and jynamo keys.")
            .optional(path());
    static final Setting<Optional<Path>> AUDIT_LOG = new Draft(
                    GROUP, "audit-log", "FILE", "One JSON line for each request, without what was said in it.")
            .optional(path());
    static final Setting<Boolean> AUDIT_PAYLOADS = new Draft(
                    GROUP, "audit-payloads", "true|false", "Also the first 64 KiB of each request and of its answer.")
            .of(yesOrNo(), "false");
    static final Setting<Long> AUDIT_MAX_BYTES = new Draft(
                    GROUP, "audit-log-max-bytes", "SIZE", "Size at which the audit log is put aside as FILE.1.")
            .of(bytes(), "100MiB");
    static final Setting<Integer> AUDIT_KEEP = new Draft(
                    GROUP, "audit-log-keep", "COUNT", "Audit logs put aside that are kept, the newest.")
            .of(count(0, 1_000), "5");

    /** In the order of help. */
    static final List<Setting<?>> ALL = List.of(FILE, AUDIT_LOG, AUDIT_PAYLOADS, AUDIT_MAX_BYTES, AUDIT_KEEP);

    private KeySettings() {}

    /** Reads them; what does not go together goes to {@code problems}. */
    static KeyChoice read(Configuration configuration, Problems problems) {
        Optional<Path> audit = configuration.get(AUDIT_LOG);
        if (audit.isEmpty()) {
            for (Setting<?> setting : List.of(AUDIT_PAYLOADS, AUDIT_MAX_BYTES, AUDIT_KEEP)) {
                if (configuration.isGiven(setting)) {
                    problems.add(setting.name() + " needs audit-log, which is missing");
                }
            }
        }
        return new KeyChoice(
                configuration.get(FILE),
                audit,
                configuration.get(AUDIT_PAYLOADS),
                configuration.get(AUDIT_MAX_BYTES),
                configuration.get(AUDIT_KEEP));
    }
}
