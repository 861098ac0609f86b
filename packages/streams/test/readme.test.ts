import { codeBlocks, readReadme } from '@castore-dynamodb/testing/codeBlocks';
import { transformSync } from 'esbuild';

it('The first blocks of the README can be bundled as CommonJS: they await nothing when they are loaded', () => {
  const [view = '', reading = '', mailer = ''] = codeBlocks(readReadme('packages/streams'), 'ts');
  expect(view).toContain('export const handler = createStreamHandler(');
  const { code } = transformSync([view, reading, mailer].join('\n'), { loader: 'ts', format: 'cjs' });
  expect(code).toContain('handler');
});
