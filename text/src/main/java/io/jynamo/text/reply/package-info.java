/**
 * What a model's output means: the text that is content, the text that is reasoning, and the calls of tools, told while it
 * arrives. {@link io.jynamo.text.reply.ReplyFormat} is the markup one family of models writes, {@link
 * io.jynamo.text.reply.ReplyParser} reads one reply in it. Pure.
 *
 * <p>How it works: everything is an automaton over single characters, so a reply cut into any pieces gives the same result.
 * {@code ReasoningStage} splits the reasoning off, {@code CallStage} finds where calls begin and hands the characters of one
 * to a {@code CallReader} for its notation (JSON, tags, Python, Gemma), and {@code CallBook} and {@code Outlet} tell what
 * came out. Harmony, which interleaves all three, has a stage of its own. Text is held back only while it can still become
 * markup.
 */
@NullMarked
package io.jynamo.text.reply;

import org.jspecify.annotations.NullMarked;
