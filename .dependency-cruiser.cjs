// Who may import whom in server/src (see server/docs and the table of suffixes there). `npm run check` and architecture.test.ts apply it.

/** The arrows between folders: a folder may import from these, and from kernel/ and itself. Written so that there can be no cycle. */
const MAY_IMPORT = {
  kernel: [],
  ticks: [],
  trades: ['ticks'],
  record: ['trades', 'ticks'],
  signals: ['record', 'trades', 'ticks'],
  closures: ['record', 'trades', 'ticks'],
  candles: ['trades', 'ticks'],
  performance: ['record', 'trades', 'ticks'],
  subscribers: [], // knows no domain
  graphql: ['subscribers'],
};

const TEST = '\\.(test|bench)\\.ts$';
const ROLE = '\\.(store|feed|schema|plugin|test|bench)\\.ts$';
/** Schema files join domains on the way out, so the arrows do not bind them; graphql/schema.ts joins the schema files. */
const JOINS = '\\.schema\\.ts$|^server/src/graphql/schema\\.ts$';
const src = (pattern) => `^server/src/${pattern}`;
const other = (...roles) => ({ path: src(`[^/]+/.*\\.(${roles.join('|')})\\.ts$`) });

const arrows = Object.entries(MAY_IMPORT).map(([folder, targets]) => ({
  name: `arrows-of-${folder}`,
  comment: `${folder}/ may import ${['kernel', ...targets].join(', ')} and itself`,
  severity: 'error',
  from: { path: src(`${folder}/`), pathNot: [TEST, JOINS] },
  to: { path: src(''), pathNot: src(`(${[folder, 'kernel', 'generated', ...targets].join('|')})/`) },
}));

module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'pure-is-pure',
      comment: 'a file without a role does no I/O: no module of Node but the hashes of node:crypto, no driver, no files with another role',
      severity: 'error',
      from: { path: src('(?!process/|generated/|graphql/)'), pathNot: ROLE },
      to: {
        path: [
          '^(fs|net|http|https|http2|tls|dgram|dns|child_process|worker_threads|cluster|os|process|timers|readline|stream|sqlite)(/|$)',
          'node_modules/(pg|ws|pino|graphql|graphql-yoga|graphql-ws)/',
          src('generated/'),
          src('[^/]+/.*\\.(store|feed|schema|plugin)\\.ts$'),
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'pure-knows-no-role',
      comment: 'a port is a type in the pure file that needs it: not even types come from files with a role',
      severity: 'error',
      from: { path: src('(?!process/|generated/|graphql/)'), pathNot: ROLE },
      to: other('store', 'feed', 'schema', 'plugin'),
    },
    {
      name: 'store-is-database',
      severity: 'error',
      from: { path: src('.*\\.store\\.ts$') },
      to: {
        path: [
          '^(fs|net|http|https|child_process)(/|$)',
          'node_modules/(ws|graphql|graphql-yoga|graphql-ws)/',
          src('[^/]+/.*\\.(feed|schema|plugin)\\.ts$'),
        ],
      },
    },
    {
      name: 'store-knows-no-other-store',
      comment:
        "but performance/ reads the trades' tables by the trades' own conditions, and who writes to the record tells of it in its words",
      severity: 'error',
      from: { path: src('([^/]+)/.*\\.store\\.ts$'), pathNot: src('performance/') },
      to: { path: src('[^/]+/.*\\.store\\.ts$'), pathNot: src('($1|record)/') },
    },
    {
      name: 'feed-is-network',
      severity: 'error',
      from: { path: src('.*\\.feed\\.ts$') },
      to: { path: ['node_modules/(pg|@prisma)/', src('generated/'), src('[^/]+/.*\\.(store|schema|plugin)\\.ts$')] },
    },
    {
      name: 'schema-is-thin',
      comment: 'a schema file maps arguments to a use case and back: no database, no network, of other folders only words and schema parts',
      severity: 'error',
      from: { path: src('([^/]+)/.*\\.schema\\.ts$') },
      to: {
        path: [
          '^(fs|net|http|https|child_process)(/|$)',
          'node_modules/(pg|ws|graphql-yoga|graphql-ws)/',
          src('process/'),
          src('[^/]+/.*\\.(store|feed|plugin)\\.ts$'),
        ],
        pathNot: src('$1/'),
      },
    },
    {
      name: 'plugin-knows-no-domain',
      severity: 'error',
      from: { path: src('.*\\.plugin\\.ts$') },
      to: { path: src(''), pathNot: src('(graphql|kernel|subscribers)/') },
    },
    {
      name: 'process-is-the-top',
      comment: 'only process/ joins parts, and no part knows it',
      severity: 'error',
      from: { path: src(''), pathNot: [src('process/'), TEST] },
      to: { path: src('process/') },
    },
    {
      name: 'product-knows-no-helpers',
      comment: 'the simulator, the test kit and the tools use the product and never the other way round',
      severity: 'error',
      from: { path: src(''), pathNot: TEST },
      to: { path: '^server/(simulator|testkit|tools|bench|verify|examples)/' },
    },
    {
      name: 'web-and-server-share-the-schema-only',
      severity: 'error',
      from: { path: '^(web|server)/' },
      to: { path: '^(web|server)/', pathNot: '^$1/' },
    },
    {
      name: 'no-orphan-packages',
      comment: 'only packages that package.json names',
      severity: 'error',
      from: { path: '^server/(src|simulator|testkit|tools)/' },
      to: { dependencyTypes: ['unknown', 'undetermined', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'server/tsconfig.json' },
    doNotFollow: { path: ['node_modules', '^server/src/generated/'] },
    exclude: { path: '^(server|web)/node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
