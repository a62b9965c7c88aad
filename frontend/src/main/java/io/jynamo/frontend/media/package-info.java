/**
 * Images, sounds and films of requests: parts as clients send them, the bytes behind their URLs, and what of the network may be asked
 * for those. Knows no model.
 */
@NullMarked
package io.jynamo.frontend.media;

import org.jspecify.annotations.NullMarked;
