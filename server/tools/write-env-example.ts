// Writes .env.example. See `npm run generate`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { envExample } from '../src/process/env-example.ts';

writeFileSync(join(import.meta.dirname, '../../.env.example'), envExample());
