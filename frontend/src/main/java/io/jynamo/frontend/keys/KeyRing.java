package io.jynamo.frontend.keys;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a server, and what each has taken. Any thread; a lookup takes no lock.
 *
 * <p>A key is found by its hash: how long that takes says something of the hash of what was sent, which tells nobody how to
 * come nearer to a key.
 */
public final class KeyRing {
    /**
     * The keys at one time.
     *
     * @param byHash of those that clients can show
     * @param byName the same
     */
    private record Book(Map<KeyHash, KeyAccount> byHash, Map<String, KeyAccount> byName) {}

    private final List<KeyEntry> plain;
    private final boolean open;
    private final KeyClock clock;
    private final AuditSink audit;
    private final KeyAccount nobody;
    private final LongAdder unknown = new LongAdder();
    /** Of those whose key nobody knows, and of those whose key is known and not taken. */
    private final StrangerRows strangers;

    private final StrangerRows expired;
    private volatile Book book;

    /**
     * Begins with the keys that were given by flag.
     *
     * @param hasFile whether more come from a file; without both the server is open
     */
    public KeyRing(List<String> keys, boolean hasFile, KeyClock clock, AuditSink audit) {
        this.plain = keys.stream().distinct().map(KeyEntry::plain).toList();
        this.open = keys.isEmpty() && !hasFile;
        this.clock = clock;
        this.audit = audit;
        this.nobody =
                new KeyAccount(new KeyEntry(KeyHash.of(""), KeyTerms.OPEN, KeyLimits.NONE, null, false), clock.now());
        this.strangers = new StrangerRows(clock.nanos());
        this.expired = new StrangerRows(clock.nanos());
        this.book = new Book(Map.of(), Map.of());
        replace(List.of());
    }

    /** Whether no key is needed. */
    public boolean isOpen() {
        return open;
    }

    /** Takes these keys of the file from now on, and no others. One that stays keeps its count. */
    public synchronized void replace(List<KeyEntry> ofFile) {
        Moment now = clock.now();
        Map<KeyHash, KeyAccount> byHash = new HashMap<>();
        Map<String, KeyAccount> byName = new LinkedHashMap<>();
        Map<String, KeyAccount> before = book.byName();
        for (Collection<KeyEntry> entries : List.of(plain, ofFile)) {
            for (KeyEntry entry : entries) {
                KeyAccount account = before.get(entry.terms().name());
                if (account == null) {
                    account = new KeyAccount(entry, now);
                } else {
                    account.change(entry, now);
                }
                // What a file says of a key stands, also where it was given by flag too.
                byHash.put(entry.hash(), account);
                byName.put(entry.terms().name(), account);
            }
        }
        book = new Book(Map.copyOf(byHash), Map.copyOf(byName));
    }

    /** Whoever shows this, if anybody. */
    sealed interface Shown {
        /** A key that is taken. */
        record Known(KeyAccount account) implements Shown {}

        /** None that is, and why; the account of one that is known and not taken now. */
        record Refused(String why, @Nullable KeyAccount account) implements Shown {}
    }

    /**
     * Begins a visit.
     *
     * @param guest what its head says
     */
    public KeyVisit visit(Guest guest) {
        Shown shown = open ? new Shown.Known(nobody) : shown(guest.shown());
        return switch (shown) {
            case Shown.Known known -> new KeyVisit(guest, known.account(), null, null, clock, audit);
            case Shown.Refused refused -> {
                unknown.increment();
                KeyAccount account = refused.account();
                yield account == null
                        ? new KeyVisit(guest, nobody, refused.why(), strangers, clock, audit)
                        : new KeyVisit(guest, account, refused.why(), expired, clock, audit);
            }
        };
    }

    /**
     * Begins the visit of a request that is refused whoever sends it.
     *
     * @return null where it shows no key that is taken, or none is needed: nothing is kept of it
     */
    public @Nullable KeyVisit visitKnown(Guest guest) {
        return !open && shown(guest.shown()) instanceof Shown.Known known
                ? new KeyVisit(guest, known.account(), null, null, clock, audit)
                : null;
    }

    /**
     * Begins the visit of a request that was handed in before, by somebody whose key was taken then.
     *
     * @param owner whose it is
     */
    public KeyVisit visitOf(Owner owner, Guest guest) {
        KeyAccount account =
                open && owner.key().isEmpty() ? nobody : book.byName().get(owner.key());
        String refusal = account == null
                ? "The API key `" + owner.key() + "`, whose request this is, is none of this server's any more."
                : account.entry().refusal(clock.now());
        return new KeyVisit(guest, account == null ? nobody : account, refusal, null, clock, audit);
    }

    /** Whether visits have anything to do: without keys and an audit log they have not. */
    public boolean isIdle() {
        return open && !audit.isOn();
    }

    private Shown shown(List<String> keys) {
        String why = keys.isEmpty()
                ? "Send one of the server's API keys as `Authorization: Bearer KEY` or `x-api-key: KEY`."
                : "The API key is none of this server's; send one as `Authorization: Bearer KEY` or `x-api-key: KEY`.";
        Shown shown = new Shown.Refused(why, null);
        for (String key : keys) {
            KeyAccount account = book.byHash().get(KeyHash.of(key));
            if (account != null) {
                String refusal = account.entry().refusal(clock.now());
                if (refusal == null) {
                    return new Shown.Known(account);
                }
                shown = new Shown.Refused(refusal, account);
            }
        }
        return shown;
    }

    /** What is counted, by the names of the keys. */
    public Map<String, KeyCounts> counts() {
        Map<String, KeyCounts> counts = new LinkedHashMap<>();
        book.byName().forEach((name, account) -> counts.put(name, account.counts()));
        return counts;
    }

    /** Requests that showed no key that is taken. */
    public long refused() {
        return unknown.sum();
    }

    /** How many of these have no row in the audit log. */
    public long unwritten() {
        return strangers.leftOut() + expired.leftOut();
    }
}
