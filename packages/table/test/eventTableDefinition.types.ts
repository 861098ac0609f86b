import { expectTypeOf } from 'expect-type';

import { type EventTableDefinition, eventTableDefinition } from '../src/index.js';

expectTypeOf(eventTableDefinition).toEqualTypeOf<
  (layout: 'single-table' | 'table-per-store') => EventTableDefinition
>();

// @ts-expect-error There are two layouts, and a typo is neither.
eventTableDefinition('singleTable');
