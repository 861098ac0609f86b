import type { Printer } from './printer.js';

/** One thing that has names and values: a line for each, or one line of JSON. */
export const printRecord = async (printer: Printer, data: Readonly<Record<string, unknown>>): Promise<void> => {
  if (printer.isJson) return printer.json(data);
  const width = Math.max(...Object.keys(data).map(name => name.length)) + 2;
  for (const [name, value] of Object.entries(data)) await printer.text(`${name.padEnd(width)}${String(value)}`);
};
