/** An engine that this package can start. */
export type EngineName = 'dynamodb-local' | 'dynoxide';

/** How `keepEngine.cjs` starts an engine; goes to it as JSON. */
export type EngineLaunch =
  | { launcher: 'executable'; file: string; args: string[] }
  | { launcher: 'dynamodb-local'; jarFolder: string; port: number; args: string[]; javaOption: string };

/** An engine that can be started on this machine. */
export interface AvailableEngine {
  name: EngineName;
  /** How it is started on that port. */
  launch: (port: number) => EngineLaunch;
  /** What its process needs in the environment beyond what this process has. */
  environment: NodeJS.ProcessEnv;
}

/** An engine that cannot be started on this machine, with the reason as the end of a sentence. */
export interface MissingEngine {
  name: EngineName;
  missing: string;
}
