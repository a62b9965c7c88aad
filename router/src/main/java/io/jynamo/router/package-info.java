/**
 * Which worker gets a request. The API, and the shell that holds the locks and the subscriptions; the policies are in
 * {@code select}, the prefix index in {@code index}, the book of given work in {@code load}.
 */
@NullMarked
package io.jynamo.router;

import org.jspecify.annotations.NullMarked;
