import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { readMigrations } from '../src/process/migrate.ts';

const schemaFile = join(import.meta.dirname, '../../prisma/schema.prisma');
const NO_FILTERS = { externalTables: [], externalEnums: [] };
const require = createRequire(import.meta.filename);

/**
 * The SQL that takes the database at `url` to what prisma/schema.prisma says; undefined where they agree. CHECKs, triggers and functions
 * are unknown to Prisma and never part of it. This is `prisma migrate diff`.
 */
export async function sqlToSchema(url: string): Promise<string | undefined> {
  const files = [{ path: schemaFile, content: readFileSync(schemaFile, 'utf8') }];
  const from = { tag: 'schemaDatasource', files, configDir: dirname(schemaFile) } as const;
  const to = { tag: 'schemaDatamodel', files } as const;
  const { exitCode, stdout } = await withEngine(url, (engine) =>
    engine.diff({ from, to, script: true, exitCode: true, filters: NO_FILTERS }),
  );
  return exitCode === 0 ? undefined : (stdout ?? '');
}

/** What `prisma migrate status` finds wrong with the migrations of the database at `url`: nothing, where it would say "up to date". */
export async function historyFaults(url: string, folder: string): Promise<string[]> {
  const migrationDirectories = readMigrations(folder).map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } as const },
  }));
  const lockfile = { path: 'migration_lock.toml', content: readFileSync(join(folder, 'migration_lock.toml'), 'utf8') };
  const migrationsList = { baseDir: folder, lockfile, shadowDbInitScript: '', migrationDirectories };
  const found = await withEngine(url, (engine) =>
    engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters: NO_FILTERS }),
  );
  return [
    ...found.editedMigrationNames.map((name) => `edited: ${name}`),
    ...found.failedMigrationNames.map((name) => `failed: ${name}`),
    ...(found.hasMigrationsTable ? [] : ['no table of migrations']),
    ...(found.history ? [found.history.diagnostic] : []),
  ];
}

/** Prisma's schema engine as WebAssembly: the CLI would have to download it as a program. */
async function withEngine<Result>(url: string, use: (engine: SchemaEngine) => Promise<Result>): Promise<Result> {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  try {
    const engine = await (await loadEngine()).SchemaEngine.new({ datamodels: undefined }, () => {}, catalogReader(pool));
    return await use(engine).finally(() => engine.free());
  } finally {
    await pool.end();
  }
}

interface Engine {
  readonly SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

let engine: Promise<Engine> | undefined;

/** The package's own entry imports the .wasm file as a module, which not every loader can; its glue may be set up only once. */
function loadEngine(): Promise<Engine> {
  return (engine ??= (async () => {
    const glue = '@prisma/schema-engine-wasm/schema_engine_bg';
    const module = (await import(glue)) as Engine & WebAssembly.ModuleImports;
    const bytes = readFileSync(require.resolve(glue).replace(/\.js$/, '.wasm'));
    const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': module });
    module.__wbg_set_wasm(instance.exports);
    (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
    return module;
  })());
}

/** PostgreSQL's type "char" (with the quotes), which its catalogs use for one-letter codes, and an array type that stands for it. */
const CHAR = 18;
const CHAR_ARRAY = 1002;
/** Prisma's numbers for the types of a result's columns. */
const CHARACTER = 6;
const CHARACTER_ARRAY = 70;

interface Adapter {
  queryRaw(query: unknown): Promise<{ columnTypes: number[] }>;
}

/**
 * Prisma's adapter, as the engine takes it, able to read the catalogs: adapter-pg refuses results with the type "char". So it is shown
 * another type that the engine never asks for, and that is turned into a single character afterwards.
 */
function catalogReader(pool: pg.Pool): object {
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult>;
  const disguised = async (...args: unknown[]) => {
    const result = await query(...args);
    for (const field of result.fields) if (field.dataTypeID === CHAR) field.dataTypeID = CHAR_ARRAY;
    return result;
  };
  Object.assign(pool, { query: disguised });

  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  const connectToReadCatalogs = async () => {
    const adapter: Adapter = await connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (text) => {
      const result = await queryRaw(text);
      return { ...result, columnTypes: result.columnTypes.map((type) => (type === CHARACTER_ARRAY ? CHARACTER : type)) };
    };
    return adapter;
  };
  Object.assign(factory, { connect: connectToReadCatalogs });
  const utilities = createRequire(require.resolve('@prisma/adapter-pg'))('@prisma/driver-adapter-utils') as {
    bindMigrationAwareSqlAdapterFactory(factory: PrismaPg): object;
  };
  return utilities.bindMigrationAwareSqlAdapterFactory(factory);
}
