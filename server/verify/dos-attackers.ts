import { workerData } from 'node:worker_threads';
import { attack } from './dos-load.ts';

const { url, seconds } = workerData as { url: string; seconds: number };
await attack(url, seconds);
