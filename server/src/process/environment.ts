import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Log } from '../kernel/log.ts';
import { readConfig } from './config.ts';
import type { Config, Environment } from './config.ts';
import { createLog, writeTo } from './log.ts';
import { StartFault } from './start-fault.ts';

/** The folder of the whole project. */
export const projectRoot = join(import.meta.dirname, '../../..');

/** The environment with what the file .env in the project's folder adds to it. */
export function environmentWithFile(environment: Environment): Environment {
  const file = join(projectRoot, '.env');
  return existsSync(file) ? { ...parseEnv(readFileSync(file, 'utf8')), ...environment } : environment;
}

/** The configuration, or a StartFault with every fault of it on a line of its own. */
export function configFrom(environment: Environment): Config {
  const reading = readConfig(environment);
  if (!reading.ok) throw new StartFault(reading.faults.join('\n'));
  return reading.config;
}

export function processLog(config: Pick<Config, 'logLevel'>, fileDescriptor: 1 | 2 = 1): Log {
  const { isTTY } = fileDescriptor === 1 ? process.stdout : process.stderr;
  return createLog({ level: config.logLevel, readable: isTTY === true, write: writeTo(fileDescriptor) });
}
