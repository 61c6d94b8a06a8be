# syntax=docker/dockerfile:1

# The wheel is built in one stage and installed in another: the image that runs holds neither the
# sources nor what builds them.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY .pkgroot ./.pkgroot
COPY config ./config
COPY storage ./storage
COPY durability ./durability
COPY cypher ./cypher
COPY server ./server
RUN python -m pip wheel --no-cache-dir --disable-pip-version-check --no-deps --wheel-dir /wheels .

FROM python:3.13-slim AS runtime
LABEL org.opencontainers.image.title="Lithograph" \
      org.opencontainers.image.description="A graph database server: openCypher over Bolt" \
      org.opencontainers.image.licenses="Apache-2.0"

# The number, not only the name, is fixed: volumes outlive images, and Kubernetes asks for a number.
RUN groupadd --system --gid 10001 lithograph \
 && useradd --system --uid 10001 --gid lithograph --home-dir /var/lib/lithograph --shell /usr/sbin/nologin lithograph \
 && install --directory --owner=lithograph --group=lithograph --mode=0750 /var/lib/lithograph

RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    python -m pip install --no-cache-dir --disable-pip-version-check "$(echo /wheels/*.whl)[encryption]"

ENV PYTHONUNBUFFERED=1 \
    LITHOGRAPH_BOLT_ADDRESS=0.0.0.0 \
    LITHOGRAPH_BOLT_PORT=7687 \
    LITHOGRAPH_DATA_DIRECTORY=/var/lib/lithograph

USER 10001:10001
WORKDIR /var/lib/lithograph
VOLUME ["/var/lib/lithograph"]
EXPOSE 7687
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-m", "lithograph.server.healthcheck"]
ENTRYPOINT ["lithograph", "serve"]
