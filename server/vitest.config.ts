import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As Node itself resolves packages. Vite's own conditions would load a second graphql, whose errors are strangers to the first.
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/generated/**'],
    globalSetup: ['./testkit/database.setup.ts'],
    setupFiles: ['./testkit/seed.setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
