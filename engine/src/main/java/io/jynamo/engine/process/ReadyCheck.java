package io.jynamo.engine.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/** A question whether an engine has loaded. It is asked on a thread of its own and interrupted when it takes too long. */
@FunctionalInterface
public interface ReadyCheck {
    boolean isReady();

    /** Whether a URL answers GET with 200. */
    static ReadyCheck http(URI url) {
        int timeout = (int) Duration.ofSeconds(2).toMillis();
        return () -> {
            try {
                if (!(url.toURL().openConnection() instanceof HttpURLConnection connection)) {
                    return false;
                }
                connection.setConnectTimeout(timeout);
                connection.setReadTimeout(timeout);
                connection.setInstanceFollowRedirects(false);
                connection.setUseCaches(false);
                try {
                    return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
                } finally {
                    connection.disconnect();
                }
            } catch (IOException e) {
                return false;
            }
        };
    }
}
