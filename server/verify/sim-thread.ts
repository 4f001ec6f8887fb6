import { parentPort, workerData } from 'node:worker_threads';
import { runSeeds } from './sim-runs.ts';

// One of the threads of the simulation: runs its share of the seeds and tells how far it is.
const { from, step, count } = workerData as { from: number; step: number; count: number };
parentPort?.postMessage({ result: await runSeeds({ from, step, count, onProgress: (done) => parentPort?.postMessage({ done }) }) });
