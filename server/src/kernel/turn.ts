/** Lets everything else that waits in this process have its turn; long work is cut into steps of some milliseconds by it. */
export type Turn = () => Promise<void>;
