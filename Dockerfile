# syntax=docker/dockerfile:1
# Bun's version is package.json's: the two are raised together.
ARG BUN_VERSION=1.4.5

FROM oven/bun:${BUN_VERSION}-slim AS packages
WORKDIR /app
COPY package.json bun.lock bunfig.toml ./
# Their own layer: they change with the lock file alone. The image brings its own Bun.
RUN bun install --frozen-lockfile --production --ignore-scripts && rm -rf node_modules/bun node_modules/@oven node_modules/.bin

FROM oven/bun:${BUN_VERSION}-slim
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /app --shell /usr/sbin/nologin visualizer \
    && install -d -o visualizer -g visualizer /var/lib/visualizer /var/log/visualizer
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json bunfig.toml tsconfig.json ./
COPY src ./src
COPY views ./views
COPY static ./static
COPY config/orch-config.example.yaml ./config/orch-config.example.yaml
# A container is reached from outside, so people sign in: docker run -e SECRET_KEY=… (docs/security.md). Its log has the first link.
ENV APP_ENV=production HOST=0.0.0.0 PORT=5000 DATA_DIR=/var/lib/visualizer
USER visualizer
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=5s --retries=3 \
    CMD ["bun", "-e", "const { ok } = await fetch(`http://127.0.0.1:${process.env.PORT}/health`, { signal: AbortSignal.timeout(8_000) }); process.exit(ok ? 0 : 1)"]
CMD ["bun", "src/main.ts", "serve"]
