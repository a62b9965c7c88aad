/**
 * The HTTP shell: sockets, HTTP/1.1 and h2, limits, timeouts and one exchange per request. Knows no model.
 */
@NullMarked
package io.jynamo.frontend.http;

import org.jspecify.annotations.NullMarked;
