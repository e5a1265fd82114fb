/** One piece of work per key at a time: whoever asks while it is under way shares it, and its failure. */
export class SingleFlight<T> {
  private readonly running = new Map<string, Promise<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.running.get(key);
    if (running) return running;
    const started = work().finally(() => {
      // Another may be under way by then, since this one was abandoned.
      if (this.running.get(key) === started) this.running.delete(key);
    });
    this.running.set(key, started);
    return started;
  }

  has(key: string): boolean {
    return this.running.has(key);
  }

  /** What is under way goes on for those who wait for it; whoever asks from now on has it done anew. */
  abandon(): void {
    this.running.clear();
  }

  /** Waits until all that is under way has ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.running.values());
  }
}
