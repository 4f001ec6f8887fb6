/**
 * The five-character SQLSTATE inside an error of Prisma's driver adapter or of pg, or undefined where there is none
 * (https://www.postgresql.org/docs/18/errcodes-appendix.html).
 */
export function sqlState(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; typeof at === 'object' && at !== null && depth < 6; depth++) {
    const { code, originalCode, cause, meta } = at as {
      code?: unknown;
      originalCode?: unknown;
      cause?: unknown;
      meta?: Record<string, unknown>;
    };
    for (const candidate of [originalCode, code, meta?.['code']]) {
      if (typeof candidate === 'string' && /^[0-9A-Z]{5}$/.test(candidate) && !candidate.startsWith('P2')) return candidate;
    }
    at = meta?.['driverAdapterError'] ?? cause;
  }
  return undefined;
}

/** True where the data themselves are refused (class 22: data exception, 23: integrity violation), so that trying again is useless. */
export function isDataRefused(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error) ?? '');
}
