import { mapConcurrently } from '../src/index.js';

describe('mapConcurrently', () => {
  it('maps in order, so many at a time', async () => {
    let underWay = 0;
    let most = 0;
    const doubled = await mapConcurrently([1, 2, 3, 4, 5], 2, async value => {
      most = Math.max(most, (underWay += 1));
      await new Promise(setImmediate);
      underWay -= 1;
      return value * 2;
    });
    expect({ doubled, most }).toEqual({ doubled: [2, 4, 6, 8, 10], most: 2 });
  });

  it('throws the first error when what is under way has ended, and begins nothing more', async () => {
    const events: string[] = [];
    let end = (): void => {};
    const slow = new Promise<void>(resolve => (end = resolve));
    const mapped = mapConcurrently(['fails', 'slow', 'fails too', 'never begun'], 3, async element => {
      events.push(`${element} begins`);
      if (element === 'slow') await slow;
      else throw new Error(element);
      events.push(`${element} ends`);
    }).catch((error: unknown) => {
      events.push('rejects');
      throw error;
    });
    setImmediate(end);
    await expect(mapped).rejects.toThrow(/^fails$/);
    expect(events).toEqual(['fails begins', 'slow begins', 'fails too begins', 'slow ends', 'rejects']);
  });
});
