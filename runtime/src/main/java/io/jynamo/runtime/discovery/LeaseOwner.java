package io.jynamo.runtime.discovery;

import java.util.regex.Pattern;

/**
 * Who holds the lease of a file: a discovery handle of a process of a host.
 *
 * @param host the host, its boot and the namespaces its process ids are counted in; equal where process ids mean the same
 * @param pid the process
 * @param start when it started, in ticks since the boot: another process that is given the id later has another
 * @param handle tells several handles of a process apart
 */
record LeaseOwner(String host, long pid, long start, String handle) {
    static final int MAX_WORD = 200;
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._:-]{1," + MAX_WORD + "}+");

    LeaseOwner {
        if (!isWord(host) || !isWord(handle) || pid < 0 || start < 0) {
            throw new IllegalArgumentException("no owner: " + host + " " + pid + " " + start + " " + handle);
        }
    }

    static boolean isWord(String text) {
        return WORD.matcher(text).matches();
    }
}
