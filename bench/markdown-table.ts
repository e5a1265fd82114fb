/** A table as prettier writes it. @param align of each column; numbers go to the right */
export function markdownTable(align: readonly ('left' | 'right')[], rows: readonly (readonly string[])[]): string {
  const widths = align.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const ruler = line(
    align.map((side, column) =>
      side === 'left' ? '-'.repeat(widths[column]!) : `${'-'.repeat(widths[column]! - 1)}:`,
    ),
  );
  const [head, ...body] = rows.map((row) =>
    line(
      row.map((cell, column) =>
        align[column] === 'left' ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      ),
    ),
  );
  return [head, ruler, ...body].join('\n');
}
