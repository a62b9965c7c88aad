package io.jynamo.cli.settings;

import io.jynamo.cli.config.Problems;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The URLs of running engines that a process is told to join. Pure. */
final class AttachedUrls {
    private AttachedUrls() {}

    /** Reads them, each once; what is no URL of a server, or one too many, goes to {@code problems}. */
    static List<URI> read(List<String> texts, int most, Problems problems) {
        if (texts.size() > most) {
            problems.add("attach: a process joins " + most + " engines at most, not " + texts.size()
                    + "; start another for the others");
        }
        List<URI> urls = new ArrayList<>();
        Set<String> places = new HashSet<>();
        for (String text : texts) {
            try {
                URI url = URI.create(text);
                if (places.add(place(url))) {
                    urls.add(url);
                } else {
                    problems.add("attach: " + text + " is given twice; an engine is joined once");
                }
            } catch (IllegalArgumentException unreadable) {
                problems.add("attach: '" + text + "' is no URL: " + unreadable.getMessage());
            }
        }
        return urls;
    }

    /** The same for every way of writing a URL; two names of one machine are two places. */
    private static String place(URI url) {
        if (url.getScheme() == null || url.getHost() == null) {
            throw new IllegalArgumentException("it must be http://host:port or https://host:port");
        }
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        int port = url.getPort() >= 0 ? url.getPort() : scheme.equals("https") ? 443 : 80;
        String path = url.getPath() == null ? "" : url.getPath().replaceAll("/+$", "");
        return scheme + "://" + url.getHost().toLowerCase(Locale.ROOT) + ":" + port + path;
    }
}
