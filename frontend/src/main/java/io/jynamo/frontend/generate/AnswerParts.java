package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.AnswerIdentity;

/** What is known of an answer before any of it is there. */
record AnswerParts(Prepared prepared, AnswerIdentity identity, RunExtras extras) {}
