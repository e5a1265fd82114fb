/** Counts running work, in total and by name (a client, a host), so that no name takes more than its share. */
export class InFlight {
  private readonly counts = new Map<string, number>();
  private total = 0;

  constructor(private readonly limits: { readonly total: number; readonly perName: number }) {}

  get size(): number {
    return this.total;
  }

  private of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** Names that have reached their limit. */
  full(): string[] {
    return [...this.counts].flatMap(([name, count]) => (count < this.limits.perName ? [] : [name]));
  }

  hasRoom(...names: string[]): boolean {
    return this.total < this.limits.total && names.every((name) => this.of(name) < this.limits.perName);
  }

  enter(...names: string[]): void {
    this.total++;
    for (const name of names) this.counts.set(name, this.of(name) + 1);
  }

  leave(...names: string[]): void {
    this.total--;
    for (const name of names) {
      const left = this.of(name) - 1;
      if (left > 0) this.counts.set(name, left);
      else this.counts.delete(name);
    }
  }
}
