package io.jynamo.cli.settings;

import java.nio.file.Path;

/** PEM files of a certificate chain and its key. */
public record TlsFiles(Path certificate, Path key) {}
