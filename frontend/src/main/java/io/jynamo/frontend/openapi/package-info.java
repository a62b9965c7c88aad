/**
 * The description of the whole surface, made from the field tables of every dialect; no dialect knows it. Pure.
 */
@NullMarked
package io.jynamo.frontend.openapi;

import org.jspecify.annotations.NullMarked;
