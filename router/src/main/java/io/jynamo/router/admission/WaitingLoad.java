package io.jynamo.router.admission;

import io.jynamo.router.Router.Queue;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What waits, of each class and of all, and whether more may. Pure; not for several threads at once. */
final class WaitingLoad {
    private final AdmissionOptions options;
    private final List<PolicyClass> classes;
    private final Queue[] byClass;
    private Queue all = Queue.EMPTY;

    WaitingLoad(AdmissionOptions options) {
        this.options = options;
        this.classes = options.classes().all();
        this.byClass = new Queue[classes.size()];
        Arrays.fill(byClass, Queue.EMPTY);
    }

    void add(int policyClass, int promptTokens, int cachedTokens) {
        change(policyClass, 1, promptTokens, cachedTokens);
    }

    void remove(int policyClass, int promptTokens, int cachedTokens) {
        change(policyClass, -1, -promptTokens, -cachedTokens);
    }

    private void change(int policyClass, int requests, long promptTokens, long cachedTokens) {
        all = all.plus(requests, promptTokens, cachedTokens);
        byClass[policyClass] = byClass[policyClass].plus(requests, promptTokens, cachedTokens);
    }

    Queue all() {
        return all;
    }

    Map<String, Queue> byClass() {
        Map<String, Queue> queues = new LinkedHashMap<>();
        for (int i = 0; i < byClass.length; i++) {
            queues.put(classes.get(i).name(), byClass[i]);
        }
        return queues;
    }

    /** Why one more of a class may not wait, for its client; null where it may. */
    @Nullable
    String refusal(int policyClass, int promptTokens, int workers) {
        boolean tooMany = all.requests() >= options.maxRequests();
        boolean tooLong = all.requests() > 0 && all.promptTokens() + promptTokens > options.maxTokens();
        if (tooMany || tooLong) {
            return "every worker is full, and " + all.requests() + " requests with " + all.promptTokens()
                    + " prompt tokens wait, as many as may";
        }
        PolicyClass of = classes.get(policyClass);
        Queue has = byClass[policyClass];
        PolicyClass.Limits limits = of.limits();
        String crossed = crossed("requests", has.requests(), limits.requests(), workers);
        if (crossed == null) {
            crossed = crossed("prompt tokens", has.promptTokens(), limits.promptTokens(), workers);
        }
        if (crossed == null) {
            crossed = crossed("cached prompt tokens", has.cachedTokens(), limits.cachedTokens(), workers);
        }
        return crossed == null ? null : "requests of class `" + of.name() + "` find no room, and " + crossed;
    }

    private static @Nullable String crossed(String what, long now, @Nullable Long perWorker, int workers) {
        // Without a worker a limit is that of one, which may come while requests wait.
        int of = Math.max(1, workers);
        if (perWorker == null || now / of < perWorker) {
            return null;
        }
        return now + " " + what + " of it wait, as many as may (" + perWorker + " for each of " + of + " workers)";
    }
}
