/**
 * In a statement: it is prepared once on each connection instead of being planned each time, which takes longer than to run one of many
 * parts. For those that are always the same text and whose best plan does not depend on their values; not for a pooler that hands out
 * connections by transaction.
 */
export const PREPARED = '/* prepared */';
