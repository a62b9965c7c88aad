package io.jynamo.frontend.media;

import io.jynamo.protocol.Media;
import io.jynamo.protocol.Modality;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/** Media within a URL: {@code data:image/png;base64,...} (RFC 2397, in base64 only). */
final class DataUrl {
    private static final String SCHEME = "data:";
    private static final String BASE64 = ";base64";
    private static final int MOST_TYPE = 256;
    /** Types that say nothing. */
    private static final Set<String> ANY = Set.of("", "application/octet-stream", "application/ogg");

    private DataUrl() {}

    static boolean isOne(String url) {
        return url.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    static Media read(String url, Modality modality) {
        int comma = url.indexOf(',');
        if (comma < 0 || comma > MOST_TYPE) {
            throw MediaRefusal.invalid("must be data:TYPE;base64,DATA, and has no comma after its type");
        }
        String head = url.substring(SCHEME.length(), comma);
        if (!head.toLowerCase(Locale.ROOT).endsWith(BASE64)) {
            throw MediaRefusal.invalid("must be data:TYPE;base64,DATA: other encodings than base64 are not read");
        }
        String type = head.substring(0, head.length() - BASE64.length());
        int parameters = type.indexOf(';');
        return decode(url.substring(comma + 1), modality, parameters < 0 ? type : type.substring(0, parameters));
    }

    /** @param declared as HTTP names it or by its latter half; it must be of the modality, and is not believed further */
    static Media decode(String data, Modality modality, String declared) {
        String said = declared.strip().toLowerCase(Locale.ROOT);
        boolean fits = ANY.contains(said) || !said.contains("/") || said.startsWith(modality.id() + "/");
        if (!fits) {
            throw MediaRefusal.invalid("is declared " + shown(said) + ", which is no " + modality.id());
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(data);
        } catch (IllegalArgumentException broken) {
            throw MediaRefusal.invalid("is not base64");
        }
        return checked(bytes, modality);
    }

    /** Media whose first bytes say what they are. */
    static Media checked(byte[] bytes, Modality modality) {
        String type = MediaTypes.find(bytes, modality);
        if (type == null) {
            throw MediaRefusal.invalid("is not " + MediaTypes.kinds(modality) + ", whatever it is said to be");
        }
        return new Media(modality, type, bytes);
    }

    private static String shown(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
