import { SingleFlight } from './single-flight.js';

/** Work that ends when the test says so. */
function held<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  let count = 0;
  const promise = new Promise<T>((...ends) => ([resolve, reject] = ends));
  const work = () => {
    count++;
    return promise;
  };
  return { work, resolve, reject, count: () => count };
}

describe('single flight', () => {
  it('those who ask at the same time share one piece of work; later ones have it done again', async () => {
    const flights = new SingleFlight<number>();
    const first = held<number>();
    const all = [flights.run('a', first.work), flights.run('a', first.work)];
    expect([flights.has('a'), flights.has('b')]).toEqual([true, false]);
    first.resolve(1);
    expect(await Promise.all(all)).toEqual([1, 1]);
    expect([first.count(), flights.has('a')]).toEqual([1, false]);
    expect(await flights.run('a', async () => 2)).toBe(2);
  });

  it('keys do not wait for one another', async () => {
    const flights = new SingleFlight<string>();
    void flights.run('a', held<string>().work);
    expect(await flights.run('b', async () => 'b')).toBe('b');
  });

  it('a failure is shared by those who wait, and by nobody after them', async () => {
    const flights = new SingleFlight<number>();
    const first = held<number>();
    const all = [flights.run('a', first.work), flights.run('a', first.work)];
    first.reject(new Error('away'));
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await flights.run('a', async () => 2)).toBe(2);
  });

  it('nobody joins what was abandoned, and its end does not throw out what came after it', async () => {
    const flights = new SingleFlight<string>();
    const [old, next] = [held<string>(), held<string>()];
    const early = flights.run('a', old.work);
    flights.abandon();
    const late = flights.run('a', next.work);
    old.resolve('old');
    expect(await early).toBe('old');
    const joined = flights.run('a', async () => 'third');
    next.resolve('next');
    expect(await Promise.all([late, joined])).toEqual(['next', 'next']);
  });

  it('waits for what is under way, also for what fails', async () => {
    const flights = new SingleFlight<number>();
    const work = held<number>();
    flights.run('a', work.work).catch(() => undefined);
    let isOver = false;
    const settled = flights.settled().then(() => (isOver = true));
    await Promise.resolve();
    expect(isOver).toBe(false);
    work.reject(new Error('away'));
    expect(await settled).toBe(true);
  });
});
