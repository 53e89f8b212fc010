# `docker build -t policywire .`; how to run it: docs/DEPLOY.md. Versions and hashes: requirements.lock.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
WORKDIR /source
COPY requirements.lock ./
# --no-deps: the lock is complete. Modules are compiled here, as nothing can be written later.
RUN python -m venv /opt/policywire \
 && /opt/policywire/bin/python -m pip install --no-cache-dir --no-deps --require-hashes \
    -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY extractors extractors
COPY flows flows
COPY models models
COPY warehouse warehouse
# setuptools is in the lock.
RUN /opt/policywire/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="PolicyWire" \
      org.opencontainers.image.description="News in, policy events out, joined to tickers, in SQL" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /data/var --shell /usr/sbin/nologin policywire \
 && install -d -o policywire -g policywire -m 0700 /data/var
COPY --from=build /opt/policywire /opt/policywire
ENV PATH=/opt/policywire/bin:$PATH \
    HOME=/data/var \
    MPLCONFIGDIR=/tmp/matplotlib \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
# Settings, where there are some, are /data/policywire.toml. Everything written goes to /data/var.
WORKDIR /data
VOLUME /data/var
STOPSIGNAL SIGINT
# Healthy: the warehouse, or its snapshot while a pass writes, can be read.
HEALTHCHECK --interval=5m --timeout=60s --start-period=20m --retries=3 CMD ["policywire", "status"]
ENTRYPOINT ["policywire"]
CMD ["serve"]
