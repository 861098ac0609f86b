import { Table } from 'console-table-printer';

const english = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `1234567.8` as `1,234,568`. */
export const formatNumber = (number: number): string => english.format(number);

/** Rows of a name and numbers, as a table of text. */
export const renderTable = (titles: string[], rows: [string, ...(number | undefined)[]][]): string => {
  const columns = titles.map((title, index) => ({
    name: String(index),
    title,
    alignment: index === 0 ? ('left' as const) : ('right' as const),
  }));
  const rendered = new Table({ shouldDisableColors: true, columns });
  for (const [name, ...numbers] of rows) {
    rendered.addRow(
      Object.fromEntries(
        [name, ...numbers.map(number => (number === undefined ? '' : formatNumber(number)))].map((cell, index) => [
          index,
          cell,
        ]),
      ),
    );
  }
  return rendered.render();
};
