package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.above;
import static io.jynamo.cli.config.Readers.share;
import static io.jynamo.cli.config.Readers.time;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.cli.config.Setting.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** How fast the simulated engine runs, and what goes wrong in it. Names follow Dynamo's mock engine. */
public final class SimSettings {
    private static final String GROUP = "Simulated engine";

    public static final Setting<Double> SPEEDUP_RATIO = new Draft(
                    GROUP, "speedup-ratio", "X", "How many times faster than the timing model it runs.")
            .of(above(0), "1.0");
    public static final Setting<Double> DECODE_SPEEDUP_RATIO = new Draft(
                    GROUP, "decode-speedup-ratio", "X", "The same for decode steps alone, on top.")
            .of(above(0), "1.0");
    public static final Setting<Duration> STARTUP_TIME =
            new Draft(GROUP, "startup-time", "TIME", "How long a worker pretends to load.").of(time(), "0s");
    public static final Setting<Double> KV_EVENT_LOSS = new Draft(
                    GROUP,
                    "sim-kv-event-loss",
                    "SHARE",
                    "A fault for tests: the share of KV events that get lost on the way, 0 to 1; which ones follows from"
                            + " seed.")
            .of(share(), "0.0");

    public static final Setting<List<String>> ADAPTERS = new Draft(
                    GROUP,
                    "sim-lora-modules",
                    "NAME",
                    "LoRA adapter that the engine pretends to have, asked for as a model; may be repeated.")
            .list(Kind.LIST);

    /** In the order of help. */
    public static final List<Setting<?>> ALL =
            List.of(SPEEDUP_RATIO, DECODE_SPEEDUP_RATIO, STARTUP_TIME, KV_EVENT_LOSS, ADAPTERS);

    private SimSettings() {}

    public static SimOptions read(Configuration configuration) {
        return new SimOptions(
                configuration.get(SPEEDUP_RATIO),
                configuration.get(DECODE_SPEEDUP_RATIO),
                configuration.get(STARTUP_TIME),
                configuration.get(KV_EVENT_LOSS),
                Set.copyOf(configuration.get(ADAPTERS)));
    }
}
