/** Runs one job per key at a time, in this process; the others wait in the order in which they came. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** @throws what the job throws; the next job then runs */
  async take<T>(key: string, job: () => Promise<T>): Promise<T> {
    const turn = afterwards(this.last.get(key), job);
    const end = turn.then(ignore, ignore);
    this.last.set(key, end);
    try {
      return await turn;
    } finally {
      if (this.last.get(key) === end) this.last.delete(key);
    }
  }
}

async function afterwards<T>(before: Promise<unknown> | undefined, job: () => Promise<T>): Promise<T> {
  await before;
  return job();
}

function ignore(): void {
  // The caller that ran the job gets its error.
}
