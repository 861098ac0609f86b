/**
 * Loaded when there is something to do in S3, so that nobody else needs the package. In a `try`, so that bundlers do
 * not insist on it either.
 */
export const loadS3 = async (): Promise<unknown> => {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (cause) {
    throw new Error('Snapshots in S3 need the package @aws-sdk/client-s3, which cannot be loaded: install it.', {
      cause,
    });
  }
};
