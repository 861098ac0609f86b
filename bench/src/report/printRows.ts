import { Table } from 'console-table-printer';

import type { Row } from './rows.js';

const verdictOf = ({ isMet }: Row): string => (isMet === undefined ? '' : isMet ? 'met' : 'missed');

/** One table a section. */
export const printRows = (rows: readonly Row[]): void => {
  for (const section of new Set(rows.map(row => row.section))) {
    const table = new Table({
      title: section,
      columns: [
        { name: 'what', alignment: 'left', maxLen: 58 },
        { name: 'contender', alignment: 'left' },
        { name: 'median', alignment: 'right' },
        { name: 'ratio (quartiles)', alignment: 'right' },
        { name: 'goal', alignment: 'right' },
        { name: 'verdict', alignment: 'left' },
      ],
    });
    let title = '';
    for (const row of rows.filter(each => each.section === section)) {
      const what = row.title === title ? '' : row.title;
      title = row.title;
      table.addRow(
        {
          what,
          contender: row.contender,
          median: row.value,
          'ratio (quartiles)': row.ratio,
          goal: row.goal,
          verdict: verdictOf(row),
        },
        row.isMet === undefined ? {} : { color: row.isMet ? 'green' : 'red' },
      );
    }
    table.printTable();
  }
};
