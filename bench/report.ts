/** One row in one round; all but the last figure are per operation: a request, or a whole flow. */
export interface Sample {
  readonly cpuMicroseconds: number;
  /** Without BEGIN and COMMIT, which `transactions` counts. */
  readonly statements: number;
  readonly transactions: number;
  readonly byName: Readonly<Record<string, number>>;
  readonly operationsPerSecond: number;
}

type Samples = ReadonlyMap<string, readonly Sample[]>;
type Figure = Exclude<keyof Sample, 'byName'>;

/** Statements below this count run in the background: sweeps, batches of usage. */
const IN_THE_BACKGROUND = 0.05;

/** Medians; CPU as a ratio to the row named `unguarded`. */
export function printTable(title: string, samples: Samples): void {
  const base = median(samples.get('unguarded')!, 'cpuMicroseconds');
  console.log(`\n${title}`);
  console.table(
    Object.fromEntries(
      [...samples].map(([name, ofRow]) => [
        name,
        {
          'CPU µs': Math.round(median(ofRow, 'cpuMicroseconds')),
          'ratio to unguarded': Number((median(ofRow, 'cpuMicroseconds') / base).toFixed(2)),
          statements: Number(median(ofRow, 'statements').toFixed(4)),
          transactions: Number(median(ofRow, 'transactions').toFixed(4)),
          'per second': Math.round(median(ofRow, 'operationsPerSecond')),
        },
      ]),
    ),
  );
}

/** Which statements an operation runs, for rows that run any. */
export function printStatements(samples: Samples): void {
  for (const [row, ofRow] of samples) {
    const names = Object.entries(ofRow.at(-1)!.byName).filter(([, count]) => count > IN_THE_BACKGROUND);
    if (names.length > 0)
      console.log(`${row}: ${names.map(([name, count]) => `${name} ${count.toFixed(2)}`).join(', ')}`);
  }
}

function median(samples: readonly Sample[], key: Figure): number {
  return samples.map((sample) => sample[key]).sort((a, b) => a - b)[Math.floor(samples.length / 2)]!;
}
