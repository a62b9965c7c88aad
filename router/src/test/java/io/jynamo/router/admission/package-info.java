@NullMarked
package io.jynamo.router.admission;

import org.jspecify.annotations.NullMarked;
