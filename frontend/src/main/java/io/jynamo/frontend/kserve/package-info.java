/** KServe's v2 protocol over gRPC (docs/kserve.md): its calls become the runs that HTTP's requests become. */
@NullMarked
package io.jynamo.frontend.kserve;

import org.jspecify.annotations.NullMarked;
