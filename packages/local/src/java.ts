import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';

/** A program that is a Java of the version that was asked for. */
export interface Java {
  file: string;
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

/** `undefined` if the program cannot be run or is no Java, such as the stub of a macOS without one. */
const javaVersion = (file: string): Promise<number | undefined> =>
  new Promise(resolveVersion => {
    execFile(file, ['-version'], { timeout: 20_000, windowsHide: true }, (error, stdout, stderr) => {
      resolveVersion(error === null ? parseJavaVersion(stderr + stdout) : undefined);
    });
  });

/** Looks for Java of at least that major version: in `JAVA_HOME` first, then in the `PATH`. */
export const findJava = async (minimalVersion: number): Promise<Java | MissingJava> => {
  const javaHome = process.env.JAVA_HOME;
  const candidates = [...(javaHome ? [resolve(join(javaHome, 'bin', 'java'))] : []), 'java'];
  const tooOld: string[] = [];

  for (const file of candidates) {
    const version = await javaVersion(file);
    if (version === undefined) continue;
    if (version >= minimalVersion) return { file };
    tooOld.push(`${file} is Java ${version}`);
  }

  return {
    missing: [`no Java ${minimalVersion} or newer was found in JAVA_HOME or the PATH`, ...tooOld].join('; '),
  };
};
