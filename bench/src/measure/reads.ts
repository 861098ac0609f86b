import { SHAPE_TITLES, SHAPES, type Shape } from '../data/shapes.js';
import type { Comparison } from './comparison.js';
import { count, type Sources, task } from './comparisons.js';

const EVENTS = [1, 10, 100, 1_000, 10_000];
/** Of which an event is a large text: what is left to save there is less. */
const LARGE: ReadonlySet<Shape> = new Set(['accents', 'long']);

/** At most, in proportion to Castore's adapter. */
const goalOf = (shape: Shape, events: number): { goal?: number } => {
  if (events <= 10) return { goal: 1 };
  if (events < 1_000) return {};
  return { goal: LARGE.has(shape) ? 0.7 : 0.5 };
};

/** `getEvents` over HTTP, for every kind of data, beside what no adapter can do without. */
export const readComparisonsOf = ({ http }: Sources): Comparison[] =>
  SHAPES.flatMap(shape =>
    EVENTS.map(
      (events): Comparison => ({
        section: 'getEvents over HTTP, CPU',
        title: `${SHAPE_TITLES[shape]}: ${count(events)}`,
        task: task(http(events, shape), 'read', events, shape),
        contenders: [
          'castore',
          'ours',
          'httpJsonParse',
          ...(events === 1_000 ? (['documentClient', 'unmarshall'] as const) : []),
        ],
        sdk: 'today',
        metric: 'cpuMicroseconds',
        isOneOfMany: true,
        ...goalOf(shape, events),
        ...(events < 100
          ? {}
          : {
              beside: {
                section: 'getEvents over HTTP, beside HTTP and JSON.parse of the same bytes, CPU',
                contender: 'httpJsonParse',
                goal: events === 100 ? 1.15 : 0.85,
              },
            }),
      }),
    ),
  );
