import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

/** Time, timers and randomness are handed in (kernel/clock.ts, kernel/ids.ts); only process/ has the real ones. */
const NOT_HANDED_IN = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Take the time from the Clock.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take the time from the Clock.' },
  { selector: "CallExpression[callee.object.name='performance'][callee.property.name='now']", message: 'Take the time from the Clock.' },
  { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: 'Have the randomness handed in.' },
  { selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate)$/]', message: 'Take timers from the Clock.' },
  { selector: 'ImportDeclaration[source.value=/^(node:)?timers/]', message: 'Take timers from the Clock.' },
  {
    selector: "ImportDeclaration[source.value='node:crypto'] ImportSpecifier[imported.name=/^random/]",
    message: 'Have the randomness handed in.',
  },
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Settings come from the Config.' },
];
/** `number` never holds money. */
const NO_FLOAT_OF_TEXT = [
  { selector: "CallExpression[callee.name='parseFloat']", message: 'Use Decimal for money.' },
  { selector: "CallExpression[callee.object.name='Number'][callee.property.name='parseFloat']", message: 'Use Decimal for money.' },
];
const NO_NUMBER_OF = {
  selector: "CallExpression[callee.name='Number']",
  message: 'Use Decimal for money, Number.parseInt for a whole number.',
};
const OUTSIDE_PRODUCT = ['server/src/process/**', '**/*.test.ts', '**/*.bench.ts', 'server/src/graphql/print-schema.ts'];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/build/',
      '**/.svelte-kit/',
      'server/src/generated/',
      'web/src/lib/graphql/later/graphql-env.d.ts',
      'data/',
      'data-demo/',
      'test-output/',
    ],
  },
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    // A promise that nobody waits for is a failure that nobody sees.
    files: ['server/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['server/src/**/*.ts'],
    ignores: OUTSIDE_PRODUCT,
    rules: { 'no-restricted-syntax': ['error', ...NOT_HANDED_IN, ...NO_FLOAT_OF_TEXT] },
  },
  {
    // Where money is made. performance/ and closures/ turn whole numbers (bigint) and hot-path prices into doubles on purpose.
    files: ['trades', 'record', 'signals', 'graphql', 'subscribers'].map((folder) => `server/src/${folder}/**/*.ts`),
    ignores: [...OUTSIDE_PRODUCT, 'server/src/signals/tokens.ts'], // its digits are letters of a token
    rules: { 'no-restricted-syntax': ['error', ...NOT_HANDED_IN, ...NO_FLOAT_OF_TEXT, NO_NUMBER_OF] },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'prefer-const': 'off',
      // The site has no base path to resolve, and not every Set or Map is state.
      'svelte/no-navigation-without-resolve': 'off',
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.cjs', '**/*.mjs', '*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', module: 'writable', performance: 'readonly' },
    },
  },
);
