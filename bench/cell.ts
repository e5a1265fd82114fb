/** What one workload costs at one entry (a server of ours, Nest alone, a peer). All but the last per iteration: a request, or a flow. */
export interface Cell {
  /** CPU of the server. */
  readonly serverMicroseconds: number;
  /** CPU of PostgreSQL. Undefined where its processes cannot be seen. */
  readonly postgresMicroseconds?: number | undefined;
  /** Sent to PostgreSQL, BEGIN and COMMIT included. */
  readonly statements: number;
  readonly walBytes: number;
  readonly perSecond: number;
}

/** By `W4 ours-express`. */
export type Cells = Readonly<Record<string, Cell>>;

/** A run, as it is kept in bench/results. */
export interface Result {
  readonly started: string;
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  readonly connections: number;
  readonly rounds: number;
  readonly secondsOfWindow: number;
  readonly cells: Cells;
}

/** `W4` of `W4 ours-express`. */
export function workloadOf(name: string): string {
  return name.split(' ', 1)[0]!;
}

/** Workloads of some cells, in their order. */
export function workloadsOf(cells: Cells): readonly string[] {
  return [...new Set(Object.keys(cells).map(workloadOf))];
}

/** CPU of server and PostgreSQL. */
export function totalMicroseconds({ serverMicroseconds, postgresMicroseconds = 0 }: Cell): number {
  return serverMicroseconds + postgresMicroseconds;
}

/** How many times the CPU of the other. Undefined if one was not measured. */
export function ratioOf(cell: Cell | undefined, other: Cell | undefined): number | undefined {
  return cell && other && totalMicroseconds(cell) / totalMicroseconds(other);
}

/** Of each figure its own median, rounded to what can be told apart. */
export function medianOf(samples: readonly Cell[]): Cell {
  const median = (figure: keyof Cell) => {
    const sorted = samples.map((sample) => sample[figure] ?? 0).sort((one, other) => one - other);
    const middle = sorted.length / 2;
    const value = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
    return Number(value.toFixed(figure === 'statements' ? 4 : 1));
  };
  return {
    serverMicroseconds: median('serverMicroseconds'),
    ...(samples[0]?.postgresMicroseconds !== undefined && { postgresMicroseconds: median('postgresMicroseconds') }),
    statements: median('statements'),
    walBytes: median('walBytes'),
    perSecond: median('perSecond'),
  };
}
