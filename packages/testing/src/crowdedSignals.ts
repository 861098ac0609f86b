import { getEventListeners, getMaxListeners } from 'node:events';

/** Signals at which Node would have warned of a leak, seen while it is watched. */
export interface CrowdedSignals extends Disposable {
  /** The most listeners that such a signal had at a time; 0 if there was none. */
  readonly most: number;
}

/**
 * Watches each AbortSignal: more listeners at a time than it is made for are a `MaxListenersExceededWarning`. Node prints it
 * once for a process, so a test that waits for the warning would depend on the tests before it.
 */
export const watchSignals = (): CrowdedSignals => {
  const { prototype } = EventTarget;
  const own = Object.getOwnPropertyDescriptor(prototype, 'addEventListener') as PropertyDescriptor;
  let most = 0;
  prototype.addEventListener = function (this: EventTarget, ...args) {
    (own.value as typeof this.addEventListener).apply(this, args);
    if (!(this instanceof AbortSignal)) return;
    const listeners = getEventListeners(this, 'abort').length;
    if (listeners > limitOf(this)) most = Math.max(most, listeners);
  };
  return {
    get most() {
      return most;
    },
    [Symbol.dispose]() {
      Object.defineProperty(prototype, 'addEventListener', own);
    },
  };
};

const limitOf = (signal: AbortSignal): number => {
  try {
    return getMaxListeners(signal) || Number.POSITIVE_INFINITY;
  } catch {
    // Node 20 knows no EventTarget whose limit is 0, which is none.
    return Number.POSITIVE_INFINITY;
  }
};
