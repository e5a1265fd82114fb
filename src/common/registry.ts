/** Named parts that capabilities add at start. Frozen at bootstrap, so that nothing joins while requests run. */
export class Registry<T> {
  private readonly parts = new Map<string, T>();
  private list: readonly T[] = [];
  private frozen = false;

  /** @param noun what the parts are called in messages, e.g. `authenticator` */
  constructor(private readonly noun: string) {}

  /** @throws Error when the name is taken, or when the application has already started; stops the boot. */
  add(name: string, part: T): void {
    if (this.frozen)
      throw new Error(
        `The ${this.noun} "${name}" was added after the application had started. Add it in a constructor or in onModuleInit.`,
      );
    if (this.parts.has(name)) {
      throw new Error(
        `The ${this.noun} "${name}" is registered twice. Import its module once: either AuthModule.forRoot({ … }) or the single capability's forRoot().`,
      );
    }
    this.parts.set(name, part);
    this.list = Object.freeze([...this.parts.values()]);
  }

  get(name: string): T | undefined {
    return this.parts.get(name);
  }

  has(name: string): boolean {
    return this.parts.has(name);
  }

  /** In the order they were added. */
  get all(): readonly T[] {
    return this.list;
  }

  names(): string[] {
    return [...this.parts.keys()];
  }

  freeze(): void {
    this.frozen = true;
  }
}
