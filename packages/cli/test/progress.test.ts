import { Writable } from 'node:stream';

import { Progress } from '../src/output/progress.js';

const sink = (isTTY: boolean) => {
  const written: string[] = [];
  const stream = Object.assign(
    new Writable({
      write: (chunk, _, done) => {
        written.push(String(chunk));
        done();
      },
    }),
    { isTTY, columns: 200 },
  );
  return { stream, text: () => written.join('') };
};

describe('progress', () => {
  it('in a terminal is a line that changes, and is gone when something else is printed', () => {
    const { stream, text } = sink(true);
    const progress = new Progress(stream);
    progress.report('1 of 4 \u001B[2J events', 0.25);
    progress.clear();
    expect(text()).toContain(`${'█'.repeat(5)}${'░'.repeat(15)} 25 % 1 of 4 \\u001b[2J events`);
    // The cursor is shown again, and the line cleared.
    expect(text()).toContain('\u001B[?25h');
    expect(text().endsWith('\u001B[2K')).toBe(true);
  });

  it('elsewhere is a line now and then', () => {
    const { stream, text } = sink(false);
    const progress = new Progress(stream);
    for (const count of [1, 2, 3]) progress.report(`${count} events`);
    progress.clear();
    expect(text()).toBe('');
    const later = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 11_000);
    progress.report('4 events');
    progress.report('5 events');
    later.mockRestore();
    expect(text()).toBe('4 events\n');
    expect(progress.done).toBe('5 events');
  });
});
