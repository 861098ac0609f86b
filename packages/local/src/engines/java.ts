import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** A Java that is new enough: with this added to the environment, a bare `java` runs it. */
export interface Java {
  environment: NodeJS.ProcessEnv;
}

/** Why there is no Java to use, as the end of a sentence. */
export interface MissingJava {
  missing: string;
}

/** The major version in what `java -version` prints: `"17.0.15"` is 17, `"1.8.0_392"` is 8. */
export const parseJavaVersion = (output: string): number | undefined => {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output) ?? [];

  return first === undefined ? undefined : Number(first === '1' && second !== undefined ? second : first);
};

/** `undefined` where the program cannot be run or is no Java, such as the stub of a macOS without one. */
const javaVersion = (file: string): Promise<number | undefined> =>
  new Promise(resolve => {
    execFile(file, ['-version'], { timeout: 20_000, windowsHide: true }, (error, stdout, stderr) => {
      resolve(error === null ? parseJavaVersion(stderr + stdout) : undefined);
    });
  });

/** Windows spells the variable `Path`, and a second one that differs by case would be lost. */
const withPathFirst = (folder: string): NodeJS.ProcessEnv => {
  const name = Object.keys(process.env).find(key => key.toUpperCase() === 'PATH') ?? 'PATH';

  return { [name]: [folder, process.env[name]].filter(Boolean).join(delimiter) };
};

/** Looks for Java of at least that major version: in `JAVA_HOME` first, then in the `PATH`. */
export const findJava = async (minimalVersion: number): Promise<Java | MissingJava> => {
  const javaHome = process.env.JAVA_HOME;
  const candidates = [
    ...(javaHome ? [{ file: join(javaHome, 'bin', 'java'), environment: withPathFirst(join(javaHome, 'bin')) }] : []),
    { file: 'java', environment: {} },
  ];
  const tooOld: string[] = [];

  for (const { file, environment } of candidates) {
    const version = await javaVersion(file);
    if (version === undefined) continue;
    if (version >= minimalVersion) return { environment };
    tooOld.push(`${file} is Java ${version}`);
  }

  return {
    missing: [`no Java ${minimalVersion} or newer was found in JAVA_HOME or the PATH`, ...tooOld].join('; '),
  };
};
