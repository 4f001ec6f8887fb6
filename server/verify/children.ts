import type { ChildProcess } from 'node:child_process';

/** The next message of a child process; rejects when it ends instead. */
export function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = (): void => void child.off('message', heard).off('exit', ended);
    const heard = (message: unknown): void => {
      forget();
      resolve(message as T);
    };
    const ended = (code: number | null): void => {
      forget();
      reject(new Error(`a process of the rig has ended (${code})`));
    };
    child.on('message', heard).on('exit', ended);
  });
}
