// `npm run generate`: the code made from prisma/schema.prisma, and schema.graphql, .env.example
// and the tables of the page for developers made from the code.
// `npm run generate -- release`: schema.graphql becomes the one that later ones are compared with.
// `npm run generate -- migration NAME`: the SQL of a new migration, from what schema.prisma has and the migrations have not.
import { generatePrisma } from './prepare.mjs';
import { runNode, server, step } from './shell.mjs';

export async function generate([what, ...args]) {
  await step('generating the database client', generatePrisma);
  if (what === 'migration') return runNode('tools/new-migration.ts', args, { cwd: server });
  if (what === 'release') return runNode('tools/check-released.ts', ['--write'], { cwd: server });
  await step('writing .env.example', () => runNode('tools/write-env-example.ts', [], { cwd: server }));
  await step('writing what developers read', () => runNode('tools/write-api-facts.ts', [], { cwd: server }));
  return step('printing schema.graphql', () => runNode('src/graphql/print-schema.ts', [], { cwd: server }));
}
