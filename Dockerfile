# One image with both services and replogctl.
#   docker build . -t master-service
#   docker run -p 30000:30000 master-service                     a master without tokens: says so when it starts
#   docker run -p 20000:20000 IMAGE secondary --master HOST:30000
# What follows "master" or "secondary" are options of replog-master or replog-secondary; anything else is run as it is.
# Read docs/operations.md before others reach it: tokens and TLS.
ARG BASE=debian:bookworm-slim

# The build stage makes the Debian packages, so that an image has what an installed machine has.
FROM ${BASE} AS build
WORKDIR /source
# Packages first: they change less often than the source.
COPY scripts/deps scripts/deps
RUN scripts/deps build package
COPY . .
RUN --mount=type=cache,target=/root/.cache/ccache \
    scripts/package --no-gui --output /packages

FROM ${BASE}
LABEL org.opencontainers.image.title="Replog" \
    org.opencontainers.image.description="Semi-synchronous replicated log" \
    org.opencontainers.image.licenses="GPL-3.0-or-later"
# A fixed number, so that volumes and Kubernetes can name it.
RUN groupadd --system --gid 10001 replog && \
    useradd --system --uid 10001 --gid replog --home-dir /var/lib/replog --shell /usr/sbin/nologin replog
COPY --from=build /packages /tmp/packages
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends /tmp/packages/*.deb && \
    rm -rf /tmp/packages /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
COPY --chmod=755 resources/container/entrypoint /usr/local/bin/replog
USER replog
WORKDIR /var/lib/replog
VOLUME /var/lib/replog
EXPOSE 30000 20000
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["replog", "health"]
ENTRYPOINT ["replog"]
CMD ["master"]
