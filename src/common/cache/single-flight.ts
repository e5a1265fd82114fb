/** Runs one piece of work per key at a time; callers that ask while it runs share its result or failure. */
export class SingleFlight<T> {
  private readonly running = new Map<string, Promise<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.running.get(key);
    if (running) return running;
    const started = work().finally(() => {
      // This work may have been abandoned, and newer work may be running under its key.
      if (this.running.get(key) === started) this.running.delete(key);
    });
    this.running.set(key, started);
    return started;
  }

  has(key: string): boolean {
    return this.running.has(key);
  }

  /** Running work continues for the callers that wait for it; later callers start it again. */
  abandon(): void {
    this.running.clear();
  }

  /** Waits until all running work has succeeded or failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.running.values());
  }
}
