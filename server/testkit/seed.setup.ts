import fc from 'fast-check';

/**
 * The same examples in every run: a test that fails must fail again, and one that passes must not depend on luck.
 * SEED=N looks at others; a failing property prints the seed that it ran with.
 */
fc.configureGlobal({ seed: Number.parseInt(process.env['SEED'] ?? '1', 10) });
