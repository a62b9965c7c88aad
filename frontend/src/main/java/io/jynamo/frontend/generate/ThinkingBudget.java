package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.text.template.ChatPrompt;

/** What an answer says of a budget of reasoning: whether anybody was told of it, as nothing here stops a model that thinks on. */
final class ThinkingBudget {
    static final String WARNING = "thinking_budget_not_enforced";

    private ThinkingBudget() {}

    /** Has the answer say what becomes of the request's budget, if it has one. */
    static void tell(ChatRequest request, AnswerParts parts) {
        Integer budget = request.thinkingBudget();
        if (budget == null) {
            return;
        }
        ChatPrompt prompt = parts.prepared().model().chat();
        boolean told = prompt != null && prompt.names(ChatRequest.BUDGET_VARIABLE);
        parts.extras()
                .warn(
                        new ReplyParts.Warning(
                                WARNING,
                                told
                                        ? "The model was told to think with " + budget
                                                + " tokens at most; nothing else stops it."
                                        : "Nothing holds the model to thinking with " + budget
                                                + " tokens at most: its chat template cannot tell it; the limit of output counts."));
    }
}
