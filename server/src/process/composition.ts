import type { Visitors } from '../graphql/visitors.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NewId, RandomBytes } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';
import type { Config } from './config.ts';
import type { Database } from './database.ts';
import type { Endpoint, Handler, UpgradeHandler } from './http.ts';

/** What the parts of the product are made from. */
export interface Foundation {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly randomBytes: RandomBytes;
  readonly database: Database;
  readonly visitors: Visitors;
}

/** The parts of the product, joined. */
export interface Composition {
  /** Started in this order and stopped in reverse. */
  readonly services: readonly Service[];
  readonly graphql: Handler;
  readonly graphqlUpgrade: UpgradeHandler;
  readonly endpoints: readonly Endpoint[];
  /** Why requests should go elsewhere for now, beyond the database's state; undefined: ready. */
  readonly notReady: () => string | undefined;
}

export type Compose = (foundation: Foundation) => Promise<Composition>;
