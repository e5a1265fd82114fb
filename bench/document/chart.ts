import { totalMicroseconds, type Cell, type Result } from '../cell.js';
import { WORKLOADS } from '../workloads/workloads.js';

interface Bar {
  readonly label: string;
  readonly kind: 'ours' | 'peer' | 'limit';
  readonly cell: Cell;
}

interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const ENTRIES = [
  { id: 'ours-fastify', label: 'ours, Fastify', kind: 'ours' },
  { id: 'ours-express', label: 'ours, Express', kind: 'ours' },
  { id: 'oidc-provider-pg', label: 'oidc-provider', kind: 'peer' },
  { id: 'nest-passport', label: 'nest-passport', kind: 'peer' },
  { id: 'better-auth', label: 'better-auth', kind: 'peer' },
  { id: 'limit-node', label: 'bare limit', kind: 'limit' },
] as const;

/** All in pixels. */
const COLUMN = { width: 440, labels: 106, bars: 220, gap: 20 };
const MARGIN = 20;
const HEADER = 66;
const ROW = 17;
const BAR = 11;
const PANEL_TITLE = 20;
const PANEL_GAP = 16;
/** Times the bar before it: one that is dearer by far would leave nothing of the others, and is cut. */
const LONGEST = 2;

/** Both sets of colours come with their own background, so that they are readable wherever the image stands. */
const STYLE = `
  .page { fill: #ffffff } text { fill: #24292f; font: 11px system-ui, sans-serif } .title { font-size: 15px; font-weight: 600 }
  .name { font-weight: 600 } .note { fill: #57606a } .label { text-anchor: end }
  .ours { fill: #1f6feb } .peer { fill: #8c959f } .limit { fill: none; stroke: #8c959f } .database { fill-opacity: 0.45 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .note { fill: #9198a1 }
    .ours { fill: #58a6ff } .peer { fill: #7d8590 } .limit { fill: none; stroke: #7d8590 }
  }`;

/** CPU for each request, beside the peers: a panel for each workload that one of them has, each with a scale of its own. */
export function renderChart(result: Result | undefined): string {
  const panels = result ? panelsOf(result) : [];
  const columns = [panels.filter((_, index) => index % 2 === 0), panels.filter((_, index) => index % 2 === 1)];
  const height = HEADER + Math.max(...columns.map(heightOf)) + MARGIN;
  const width = 2 * COLUMN.width + 2 * MARGIN;
  const drawn = columns.flatMap((column, index) => drawColumn(column, MARGIN + index * COLUMN.width));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>CPU of one request, beside the peers</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    text(MARGIN, 28, 'title', `CPU of one request, µs${result ? ` (Node ${/\d+/.exec(result.node)![0]})` : ''}`),
    ...drawLegend(46, result !== undefined),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function panelsOf({ cells }: Result): readonly Panel[] {
  return WORKLOADS.map(({ id, title }) => ({
    title: `${id}: ${title}`,
    bars: ENTRIES.flatMap(({ id: entry, label, kind }) => {
      const cell = cells[`${id} ${entry}`];
      return cell ? [{ label, kind, cell }] : [];
    }),
  })).filter(({ bars }) => bars.some(({ kind }) => kind === 'ours') && bars.some(({ kind }) => kind === 'peer'));
}

function heightOf(panels: readonly Panel[]): number {
  return panels.reduce((sum, { bars }) => sum + PANEL_TITLE + bars.length * ROW + PANEL_GAP, 0);
}

function drawColumn(panels: readonly Panel[], left: number): readonly string[] {
  let top = HEADER;
  return panels.flatMap((panel) => {
    const drawn = drawPanel(panel, left, top);
    top += heightOf([panel]);
    return drawn;
  });
}

function drawPanel({ title, bars }: Panel, left: number, top: number): readonly string[] {
  const [dearest = 0, second = dearest] = bars.map(({ cell }) => totalMicroseconds(cell)).toSorted((a, b) => b - a);
  const longest = Math.min(dearest, LONGEST * second);
  const start = left + COLUMN.labels;
  const rows = bars.flatMap(({ label, kind, cell }, index) => {
    const y = top + PANEL_TITLE + index * ROW;
    const total = Math.min(totalMicroseconds(cell) / longest, 1) * COLUMN.bars;
    const server = total * (cell.serverMicroseconds / totalMicroseconds(cell));
    const database = total - server;
    return [
      text(start - 6, y + BAR - 1, kind === 'peer' || kind === 'limit' ? 'note label' : 'label', label),
      bar(start, y, server, kind),
      ...(database > 0.5 ? [bar(start + server, y, database, `${kind} database`)] : []),
      ...(totalMicroseconds(cell) > longest ? [bar(start + total * 0.9, y, 5, 'page')] : []),
      text(start + total + 6, y + BAR - 1, 'note', totalMicroseconds(cell).toFixed(0)),
    ];
  });
  return [text(left, top + 12, 'name', title), ...rows];
}

function drawLegend(y: number, isMeasured: boolean): readonly string[] {
  if (!isMeasured) return [text(MARGIN, y, 'note', 'Not measured yet.')];
  return [
    bar(MARGIN, y - BAR + 2, 18, 'ours'),
    text(MARGIN + 24, y, 'note', 'server'),
    bar(MARGIN + 74, y - BAR + 2, 18, 'ours database'),
    text(MARGIN + 98, y, 'note', 'PostgreSQL; each panel has its own scale; a bar with a gap is longer than drawn'),
  ];
}

function bar(x: number, y: number, width: number, kind: string): string {
  return `<rect class="${kind}" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR}"/>`;
}

function text(x: number, y: number, kind: string, words: string): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y}">${escaped}</text>`;
}
