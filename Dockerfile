FROM node:24-alpine AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY .ci/build.mjs .ci/build.mjs
COPY src src
RUN node .ci/build.mjs && npm prune --omit=dev --ignore-scripts

FROM node:24-alpine
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY LICENSE THIRD_PARTY_LICENSES.md ./
COPY config config
# For the embedded engine, where no REDIS_URL is given; mount a volume here to keep its data.
RUN mkdir data && chown node:node data
USER node
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s --retries=3 CMD ["node", "dist/main.js", "health"]
# Never through npm: it would stand between the signal and the daemon.
CMD ["node", "dist/main.js", "run"]
