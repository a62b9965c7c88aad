package io.jynamo.frontend.page;

import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.Routes;
import io.jynamo.frontend.http.SiteGuard;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The page's files and where they are found. Each has a route of its own: a path leads to a file only because it is
 * listed here, never because of how it is written. They need no key; what the page then asks for does.
 */
public final class Page {
    private static final System.Logger LOG = System.getLogger(Page.class.getName());
    private static final String OURS = "io/jynamo/frontend/page/";
    /** The version is that of the root pom. */
    private static final String PLOTS = "META-INF/resources/webjars/uplot/1.6.30/dist/";

    private static final List<String> NAMES = List.of(
            "page.css", "icon.svg", "app.js", "api.js", "chat.js", "fleet.js", "streams.js", "plots.js", "format.js");

    private final List<PageFile> files = new ArrayList<>();
    private final Executor reading;

    /** @param reading where files are read, for an event loop must not */
    public Page(Executor reading) {
        this.reading = reading;
        files.add(new PageFile("/", OURS + "index.html"));
        for (String name : NAMES) {
            files.add(new PageFile("/page/" + name, OURS + name));
        }
        for (String name : List.of("uPlot.esm.js", "uPlot.min.css")) {
            files.add(new PageFile("/page/uplot/" + name, PLOTS + name));
        }
    }

    /** Has the files served. */
    public void addTo(Routes routes, SiteGuard guard) {
        for (PageFile file : files) {
            routes.add(new Routes.Route(
                    HttpMethod.GET,
                    file.path(),
                    guard.reading(exchange -> serve(file, exchange)),
                    true,
                    Routes.Stopping.ANSWERED));
        }
    }

    private void serve(PageFile file, Exchange exchange) {
        try {
            reading.execute(() -> {
                try {
                    exchange.respond(file.answer(exchange.head().header("if-none-match")));
                } catch (RuntimeException broken) {
                    LOG.log(System.Logger.Level.ERROR, "the page cannot be served", broken);
                    exchange.respond(ErrorBody.answer(broken));
                }
            });
        } catch (RejectedExecutionException full) {
            exchange.respond(
                    ErrorBody.answer(ErrorCode.OVERLOADED, "The server is too busy; try again shortly.", null));
        }
    }
}
