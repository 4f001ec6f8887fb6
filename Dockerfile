# The server with its web pages, in one process on port 5173. See docker-compose.yml.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY server/package.json server/
COPY web/package.json web/
RUN npx -y pnpm@12.21.0 install --frozen-lockfile
COPY . .
RUN node server/tools/run.mjs build
RUN CI=true npx -y pnpm@12.21.0 install --frozen-lockfile --prod --offline

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app /app
# The folder of the embedded database, for a container without DATABASE_URL; PostgreSQL refuses root, so nothing here runs as root.
RUN mkdir /data && chown node:node /data
USER node
# For the last two, and for the flags of Node below, see server/tools/shell.mjs.
ENV NODE_ENV=production PORT=5173 DATA_DIR=/data MALLOC_MMAP_THRESHOLD_=131072 MALLOC_ARENA_MAX=2
VOLUME /data
EXPOSE 5173
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:5173/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=4", "server/src/process/main.ts"]
