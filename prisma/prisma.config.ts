// A plain object: what Prisma's defineConfig would return, without an import that this folder cannot resolve.
export default {
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  // Only `prisma migrate` reads it; the server applies the migrations by itself at start.
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
};
