/** What the command ends with. On the command's page, since monitoring goes by it. */
export const EXIT_CODES = {
  /** Everything was done, and nothing was found to be wrong. */
  done: 0,
  /** AWS refused or failed, an event could not be read or stored, or the output not written. */
  failed: 1,
  /** The arguments or the configuration cannot be used; nothing was written. */
  usage: 2,
  /** A check found something that needs a remedy. */
  findings: 3,
  /** `--max-read-units` was reached; what was printed until then is right, and not all. */
  budget: 4,
  /** Ctrl-C. */
  interrupted: 130,
  /** Ended by whoever started it: systemd, docker stop, CI. */
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
