/** A part that runs until it is stopped. `stop` may be called more than once and resolves when nothing of it runs any more. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}
