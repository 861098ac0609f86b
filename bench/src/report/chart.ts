/** One line of a chart. */
export interface Series {
  label: string;
  color: string;
  points: readonly { x: number; y: number }[];
}

export interface Chart {
  title: string;
  xLabel: string;
  series: readonly Series[];
  /** The text at a mark of the y axis. */
  formatY: (value: number) => string;
}

const WIDTH = 720;
const HEIGHT = 400;
const PLOT = { left: 80, right: 560, top: 50, bottom: 340 };

const decadesOf = (values: readonly number[]): { first: number; last: number } => ({
  first: Math.floor(Math.log10(Math.min(...values))),
  last: Math.ceil(Math.log10(Math.max(...values))),
});

/** From a value to a place on an axis whose powers of ten are equally far apart. */
const logScale = (values: readonly number[], from: number, to: number) => {
  const { first, last } = decadesOf(values);
  const place = (value: number): number =>
    from + ((Math.log10(value) - first) / Math.max(1, last - first)) * (to - from);
  const marks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  return { place, marks };
};

const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;

const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#ddd"/>`;

/** A chart with two logarithmic axes, as SVG. */
export const chartOf = ({ title, xLabel, series, formatY }: Chart): string => {
  const points = series.flatMap(each => each.points);
  const x = logScale(
    points.map(point => point.x),
    PLOT.left,
    PLOT.right,
  );
  const y = logScale(
    points.map(point => point.y),
    PLOT.bottom,
    PLOT.top,
  );
  const grid = [
    ...x.marks.map(mark => line(x.place(mark), PLOT.top, x.place(mark), PLOT.bottom)),
    ...y.marks.map(mark => line(PLOT.left, y.place(mark), PLOT.right, y.place(mark))),
    ...x.marks.map(mark => text(x.place(mark), PLOT.bottom + 20, mark.toLocaleString('en'), 'text-anchor="middle"')),
    ...y.marks.map(mark => text(PLOT.left - 8, y.place(mark) + 4, formatY(mark), 'text-anchor="end"')),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 44, xLabel, 'text-anchor="middle"'),
    text(PLOT.left, 28, title, 'font-weight="bold"'),
  ];
  const lines = series.map(({ label, color, points: own }) => {
    const places = own.map(point => `${x.place(point.x).toFixed(1)},${y.place(point.y).toFixed(1)}`);
    const last = own.at(-1) ?? { x: 1, y: 1 };
    return [
      `<polyline points="${places.join(' ')}" fill="none" stroke="${color}" stroke-width="2.5"/>`,
      ...places.map(place => {
        const [cx, cy] = place.split(',');
        return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${color}"/>`;
      }),
      text(PLOT.right + 12, y.place(last.y) + 4, label, `fill="${color}"`),
    ].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="white"/>
${[...grid, ...lines].join('\n')}
</svg>
`;
};
