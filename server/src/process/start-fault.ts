/** A reason why the program cannot start that its operator can understand and mend: one clear line, no stack. */
export class StartFault extends Error {
  override readonly name = 'StartFault';
}

/** The text of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  // A failed connection is an AggregateError without a message of its own: one cause per address tried.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ');
}

/** The code of a system or PostgreSQL error ("EACCES", "23505"), if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
