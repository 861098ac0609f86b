type Listener = NodeJS.SignalsListener;

let running = 0;
let listeners: Listener[] = [];

/**
 * Runs work in which code of the configuration may never end, such as a reducer in a loop. Node's listeners for Ctrl-C would then
 * never be called. So there are none meanwhile, and Ctrl-C ends the process at once: nothing is lost, as the explorer only reads.
 */
export const interruptible = async <RESULT>(work: () => Promise<RESULT>): Promise<RESULT> => {
  if (running === 0) {
    listeners = process.rawListeners('SIGINT') as Listener[];
    // As they are: one that listens once goes on doing so.
    for (const listener of listeners) process.off('SIGINT', listener);
  }
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    if (running === 0) for (const listener of listeners) process.on('SIGINT', listener);
  }
};
