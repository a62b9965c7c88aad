/**
 * Who goes next where not everybody can be served at once: a pure line of those who wait ({@link
 * io.jynamo.router.admission.WaitingLine}) and the router that keeps it ({@link io.jynamo.router.admission.AdmittingRouter}).
 */
@NullMarked
package io.jynamo.router.admission;

import org.jspecify.annotations.NullMarked;
