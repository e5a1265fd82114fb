import { plain } from './plain.js';

/** Columns of equal width, for people. @param empty what is said of no rows */
export function table(head: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return empty;
  const lines = [head, ...rows.map((row) => row.map(inOneLine))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Facts of one thing, a line each. */
export function facts(entries: readonly (readonly [name: string, value: string | null | undefined])[]): string {
  const known = entries.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${inOneLine(value!)}`).join('\n');
}

/** A moment as people read it: to the second, in UTC. */
export function moment(date: Date | null | undefined): string {
  return date ? `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC` : '-';
}

/** `1 client`, `2 clients`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** One line, whatever stands in it. */
function inOneLine(text: string): string {
  return plain(text).replaceAll('\n', ' ');
}
