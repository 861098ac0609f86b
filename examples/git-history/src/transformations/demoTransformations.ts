import type { FileEventStore } from '../fileEventStore.js';
import { readFiles } from '../git/readFiles.js';
import { readHistory } from '../git/readHistory.js';
import type { Repository } from '../git/repository.js';
import { formatNumber } from '../render.js';
import { verifyFiles } from '../verifyFiles.js';
import type { FileTransformations } from './fileTransformations.js';
import { readAuthorship, type TransformedReport, verifyTransformed } from './verifyTransformed.js';

/** Forgets the most active author, and holds all events against git before and after; whether all of it was as git has it. */
export const showTransformations = async (
  { counts, forget }: FileTransformations,
  fileEventStore: FileEventStore,
  repository: Repository,
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<boolean> => {
  const authorship = await readAuthorship(readHistory(repository, signal));
  const verify = async (author?: string): Promise<TransformedReport> => {
    const report = await verifyTransformed(fileEventStore, authorship, signal, author);
    const { events, mismatches } = report;
    if (mismatches > 0) output.write(`MISMATCH: ${formatNumber(mismatches)} events have another author or message\n`);
    const verified = `${formatNumber(events - mismatches)} of ${formatNumber(events)}`;
    output.write(`verified against git: author and message of ${verified} events\n`);
    return report;
  };

  output.write(
    `transformations: authors are encrypted, ${formatNumber(counts.objects())} large contents are in S3, ` +
      `${formatNumber(counts.oldShape)} events were written in an older shape\n`,
  );
  const before = await verify();
  const [author = '', changes = 0] = [...before.authors].toSorted(([, one], [, other]) => other - one)[0] ?? [];
  // git takes an empty name, too, which is nobody's.
  if (author === '') return before.mismatches === 0;

  await forget(author);
  output.write(`forgot ${author}, the author of ${formatNumber(changes)} changes\n`);
  const after = await verify(author);
  output.write(`events whose author nobody can read any more: ${formatNumber(after.forgotten)}\n`);
  const { verified, files, mismatches } = await verifyFiles(fileEventStore, await readFiles(repository, signal), {
    signal,
  });
  output.write(`verified against git: still ${verified} of ${files} files\n`);
  return before.mismatches === 0 && after.mismatches === 0 && mismatches.length === 0;
};
