package io.jynamo.engine.attached;

import io.jynamo.protocol.ModelCard;

/**
 * A running server, found out.
 *
 * @param http its connections, the engine's own from now on and closed with it
 * @param model what it is asked for
 * @param card what it serves, with what the options know better
 * @param dialect how it is spoken to
 */
public record JoinedServer(EngineHttp http, ServedModel model, ModelCard card, EngineDialect dialect) {}
