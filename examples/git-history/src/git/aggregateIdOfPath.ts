const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The aggregate id of a file: its path in the repository, as it is.
 *
 * git paths are bytes. One that is no UTF-8 cannot be a string, so it is percent-encoded after a slash:
 * no git path begins with one, and so no two files share an id.
 */
export const aggregateIdOfPath = (path: Buffer): string => {
  try {
    return utf8.decode(path);
  } catch {
    return `/${path.toString('latin1').replace(/[^\w./-]/g, percentEncoded)}`;
  }
};

const percentEncoded = (byte: string) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
