package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.keys.KeyTerms;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;

/** Whose cached prompts a request shares: what its key says, and within that what its client says. */
final class KeyedScope {
    private KeyedScope() {}

    /**
     * The scope of a request.
     *
     * @throws Refusal UNSUPPORTED_PARAMETER where the key's prompts are to be kept apart and the engine cannot
     */
    static CacheScope of(KeyTerms terms, RequestHead head, Prepared prepared) {
        ServedModel model = prepared.model();
        if (terms.isIsolated() && !model.card().can(Capability.CACHE_SALT)) {
            throw new Refusal(
                    ErrorCode.UNSUPPORTED_PARAMETER,
                    "The `isolation` of the API key `" + terms.name() + "` cannot be had from the engine of `"
                            + model.name() + "`, which lacks " + Capability.CACHE_SALT.id()
                            + "; ask for another model.",
                    null);
        }
        return new CacheScope(model.adapter(), terms.salt(RequestHeaders.cacheSalt(head, prepared.options())));
    }
}
