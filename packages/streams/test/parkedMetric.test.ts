import { createStreamHandler, InMemoryCheckpointStore, projection, type StreamHandlerOptions } from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { recordOf } from './support/recordOf.js';

interface MetricDirective {
  Namespace: string;
  Dimensions: string[][];
  Metrics: { Name: string; Unit: string }[];
}

/**
 * The metrics that CloudWatch makes of a line. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const metricsIn = (line: string) => {
  const root = JSON.parse(line) as Record<string, unknown>;
  const { Timestamp, CloudWatchMetrics } = root['_aws'] as { Timestamp: number; CloudWatchMetrics: MetricDirective[] };
  expect(Number.isInteger(Timestamp) && Math.abs(Timestamp - Date.now()) < 60_000).toBe(true);
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap(names =>
      Metrics.map(({ Name, Unit }) => {
        const dimensions = names.map(name => [name, root[name]]);
        for (const [, value] of dimensions) expect(value).toMatch(/^(?=.*[!-~])[ -~]{1,1024}$/);
        expect(typeof root[Name]).toBe('number');
        return { Namespace, Name, Unit, value: root[Name], dimensions: Object.fromEntries(dimensions) as object };
      }),
    ),
  );
};

describeOnEveryLayout('A parked aggregate', context => {
  const { pokemons } = context;

  const linesOf = async (name: string, options: Partial<StreamHandlerOptions> = {}) => {
    const aggregateId = newAggregateId();
    await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_NAMED', payload: 'Pika' });
    const throwing = projection({
      name,
      eventStores: [pokemons],
      checkpoints: new InMemoryCheckpointStore(),
      on: {
        POKEMON_NAMED: () => {
          throw new RangeError('no ash@pallet.town');
        },
      },
    });
    const stdout = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      const handler = createStreamHandler({ projections: [throwing], maxAttempts: 1, ...options });
      // What waits for it is not parked once more.
      for (let call = 1; call <= 2; call++) await handler({ Records: [await recordOf(context, aggregateId, 1)] });
      return {
        aggregateId,
        lines: stdout.mock.calls.map(([line]) => String(line)),
        warnings: emitWarning.mock.calls.map(([warning]) => String(warning)),
      };
    } finally {
      stdout.mockRestore();
      emitWarning.mockRestore();
    }
  };

  describe('on Lambda', () => {
    beforeEach(() => void (process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'project'));
    afterEach(() => void delete process.env['AWS_LAMBDA_FUNCTION_NAME']);

    it('is a metric, and a line that says which, without what the error says', async () => {
      const { aggregateId, lines, warnings } = await linesOf('mailer');
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^[^\n]*\n$/);
      const metric = { Namespace: 'CastoreDynamoDb', Name: 'ParkedAggregates', Unit: 'Count', value: 1 };
      expect(metricsIn(lines[0] as string)).toStrictEqual([
        { ...metric, dimensions: { Projection: 'mailer' } },
        { ...metric, dimensions: { FunctionName: 'project' } },
      ]);
      expect(JSON.parse(lines[0] as string)).toMatchObject({
        eventStoreId: 'POKEMONS',
        aggregateId,
        version: 1,
        errorName: 'RangeError',
      });
      expect([...lines, ...warnings].join()).not.toContain('ash@');
    });

    it('has the message of the error on request', async () => {
      const { lines, warnings } = await linesOf('mailer', { logErrorMessages: true });
      expect(JSON.parse(lines[0] as string)).toMatchObject({ errorMessage: 'no ash@pallet.town' });
      expect(warnings.join()).toContain('RangeError: no ash@pallet.town');
    });

    it.each([' ', 'Würfe', 'a\u0007b'])('has dimensions that CloudWatch takes: %j', async name => {
      const { lines } = await linesOf(name);
      expect(metricsIn(lines[0] as string)).toHaveLength(2);
    });
  });

  it('is reported to a callback elsewhere', async () => {
    const onParked = jest.fn();
    const { aggregateId, lines } = await linesOf('mailer', { onParked });
    expect(lines).toStrictEqual([]);
    expect(onParked.mock.calls).toMatchObject([
      [{ projection: 'mailer', eventStoreId: 'POKEMONS', aggregateId, version: 1, attempts: 1 }],
    ]);
  });
});
