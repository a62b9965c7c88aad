package io.jynamo.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many memories the machine has, each near some of its cores. */
final class NumaCheck {
    static final Path NODES = Path.of("/sys/devices/system/node/online");

    private NumaCheck() {}

    static Finding of(Path nodes) {
        String check = "NUMA";
        String online;
        try {
            online = Files.readString(nodes).strip();
        } catch (IOException e) {
            return Finding.info(check, "not known here", "this system has no " + nodes);
        }
        return online.equals("0")
                ? Finding.ok(check, "one node")
                : new Finding(
                        check,
                        Finding.Status.INFO,
                        "nodes " + online,
                        "a worker whose threads and memory are on different nodes computes slower",
                        "one worker process per node: numactl --cpunodebind=N --membind=N ./jynamo worker ...");
    }
}
