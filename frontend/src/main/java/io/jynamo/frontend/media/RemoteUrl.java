package io.jynamo.frontend.media;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * URLs that may be asked for media, as far as their text tells: http or https, a host in its plain form, nobody's name or password. The forms of
 * addresses that one reader takes for one host and another for another (octal, hexadecimal, one number) are refused.
 */
final class RemoteUrl {
    private static final int MOST_CHARACTERS = 8_192;
    private static final int MOST_PORT = 65_535;
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

    private RemoteUrl() {}

    /** @throws MediaRefusal MEDIA_NOT_ALLOWED */
    static URI parse(String text) {
        if (text.length() > MOST_CHARACTERS) {
            throw MediaRefusal.notAllowed(
                    "is a URL of " + text.length() + " characters; " + MOST_CHARACTERS + " are read, or a data: URL");
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException broken) {
            throw MediaRefusal.notAllowed("is no URL");
        }
        return check(url);
    }

    /** @throws MediaRefusal MEDIA_NOT_ALLOWED */
    static URI check(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw MediaRefusal.notAllowed("must be a data:, http: or https: URL");
        }
        if (url.getRawUserInfo() != null) {
            throw MediaRefusal.notAllowed("must be a URL without a user");
        }
        String host = url.getHost();
        if (host == null || host.isEmpty() || host.contains("%")) {
            throw MediaRefusal.notAllowed("must be a URL whose host is a name in ASCII or a plain address");
        }
        if (NUMBERS.matcher(host).matches() && !IPV4.matcher(host).matches()) {
            throw MediaRefusal.notAllowed("must be a URL whose host is a name or an address of four plain numbers");
        }
        if (url.getPort() == 0 || url.getPort() > MOST_PORT) {
            throw MediaRefusal.notAllowed("must be a URL of a port that there is");
        }
        return url;
    }

    /** The port it means. */
    static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return isTls(url) ? 443 : 80;
    }

    static boolean isTls(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    /** Its host in lower case, without a dot at its end. */
    static String host(URI url) {
        String host = url.getHost().toLowerCase(Locale.ROOT);
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
