package io.jynamo.frontend.generate;

import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.reply.ReplySettings;

/**
 * How the replies to one request are told apart into reasoning, content and calls.
 *
 * @param parallel whether more than the first call is told
 * @param showsReasoning whether reasoning is told at all
 */
record ReplyPlan(ReplyFormat format, ReplySettings settings, boolean parallel, boolean showsReasoning) {}
