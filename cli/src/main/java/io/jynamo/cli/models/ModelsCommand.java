package io.jynamo.cli.models;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.store.Catalogue;
import io.jynamo.cli.store.CatalogueModel;
import io.jynamo.cli.store.ModelStore;
import io.jynamo.cli.store.StoredModel;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jynamo models}: what is cached and what an alias would bring. */
@Command(name = "models", header = "List the models on this machine and the aliases that can be pulled.")
public final class ModelsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ModelStore store = ModelStore.of(System.getenv());
        List<StoredModel> cached = store.list();
        if (cached.isEmpty()) {
            out.println("No model in " + store.root() + " yet.");
        } else {
            var table = new Table("MODEL", "ARCHITECTURE", "SIZE", "CONTEXT", "TYPES", "LICENCE", "PATH");
            cached.forEach(model -> table.add(row(model)));
            table.print(out);
        }
        Set<String> have = cached.stream().map(StoredModel::name).collect(Collectors.toSet());
        List<CatalogueModel> more = Catalogue.models().stream()
                .filter(model -> !have.contains(model.alias()))
                .toList();
        if (!more.isEmpty()) {
            out.println();
            out.println("To be had with jynamo pull:");
            var table = new Table("ALIAS", "SIZE", "LICENCE", "ABOUT");
            more.forEach(model -> table.add(model.alias(), mb(model.sizeBytes()), model.licence(), model.about()));
            table.print(out);
        }
        out.flush();
        return ExitCode.OK.number();
    }

    private static String[] row(StoredModel model) {
        String problem = model.problem();
        return problem != null
                ? new String[] {
                    model.name(),
                    "unreadable",
                    "",
                    "",
                    problem,
                    model.licence(),
                    model.path().toString()
                }
                : new String[] {
                    model.name(),
                    model.architecture(),
                    mb(model.sizeBytes()),
                    String.format(Locale.ROOT, "%,d", model.contextLength()),
                    model.tensorTypes(),
                    model.licence(),
                    model.path().toString()
                };
    }

    private static String mb(long size) {
        return String.format(Locale.ROOT, "%,d MB", Math.round(size / 1e6));
    }
}
