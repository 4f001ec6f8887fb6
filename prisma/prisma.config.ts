import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  // Only `prisma migrate` reads it; the server applies the migrations by itself at start.
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
