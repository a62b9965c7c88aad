package io.jynamo.cli.settings;

import io.jynamo.runtime.session.Credentials;

/**
 * How a process belongs to a fleet.
 *
 * @param discovery where workers are announced, as written
 * @param namespace which fleet of that store
 */
public record FleetOptions(String discovery, String namespace, Credentials credentials) {}
