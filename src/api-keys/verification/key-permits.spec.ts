import type { HeldPermits, LimitState, Spending } from './api-key-limits.store.js';
import { KeyPermits, type PermitDesk } from './key-permits.js';

const STATE: LimitState = {
  granted: 1,
  extra: 0,
  counter_id: 'row',
  window: 7,
  held_by_others: 0,
  left: 1_000,
  alive: true,
  window_full: false,
  quota_empty: false,
  max: 1_000,
  window_ms: 60_000,
  reset_ms: null,
  good_for_ms: 60_000,
  remaining: null,
  refill_in_ms: null,
};

/** Statements that end when the test says so. */
function desk() {
  const asked: Spending[] = [];
  const returned: HeldPermits[] = [];
  const called: string[] = [];
  let answers: { resolve: (state: LimitState | null) => void; reject: (error: Error) => void }[] = [];
  const asDesk: PermitDesk = {
    lifeMilliseconds: 5_000,
    spend: (spending) => {
      asked.push(spending);
      return new Promise((resolve, reject) => void answers.push({ resolve, reject }));
    },
    giveBack: (permits) => void returned.push(permits),
    callBack: (counterId) => void called.push(counterId),
  };
  const next = async () => {
    const [answer] = answers;
    answers = [];
    return answer!;
  };
  /** Answers the running statement, and lets everything happen that follows from it. */
  const answer = async (state: Partial<LimitState> = {}) => {
    (await next()).resolve({ ...STATE, granted: asked.at(-1)!.wanted, extra: asked.at(-1)!.extra, ...state });
    await new Promise(setImmediate);
  };
  const fail = async () => {
    (await next()).reject(new Error('away'));
    await new Promise(setImmediate);
  };
  return { asDesk, asked, returned, called, answer, fail };
}

const passes = async (requests: Promise<LimitState | null>[]) =>
  (await Promise.all(requests)).map((state) => (state?.granted ?? 0) > 0);
const many = (permits: KeyPermits, count: number) => Array.from({ length: count }, () => permits.take());

describe('permits of one key', () => {
  it('requests at the same time share statements, and each has a permit of its own', async () => {
    const { asDesk, asked, answer } = desk();
    const permits = new KeyPermits('key', null, asDesk);
    const first = permits.take();
    const others = many(permits, 5);
    await answer();
    await answer({ granted: 3, extra: 0 });
    await answer({ granted: 0, window_full: true });
    expect(await passes([first, ...others])).toEqual([true, true, true, true, false, false]);
    expect(asked.map(({ wanted }) => wanted)).toEqual([1, 5, 2]);
  });

  it('those who came while the statement ran are served from its block', async () => {
    const { asDesk, asked, answer } = desk();
    const permits = new KeyPermits('key', null, asDesk);
    const first = permits.take();
    await answer();
    const second = permits.take();
    const third = permits.take();
    await answer();
    expect(await passes([first, second, third])).toEqual([true, true, true]);
    expect(asked.map(({ wanted, extra }) => [wanted, extra])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(permits.spend()).toBe(false);
  });

  it.each([
    ['called back', (permits: KeyPermits) => permits.callIn()],
    ['ended', (permits: KeyPermits) => permits.end()],
  ])('T021 permits that are on their way when the key is %s are given back', async (_what, end) => {
    const { asDesk, returned, answer } = desk();
    const permits = new KeyPermits('key', null, asDesk);
    const requests = [permits.take()];
    await answer();
    requests.push(permits.take());
    end(permits);
    await answer({ extra: 1 });
    expect(await passes(requests)).toEqual([true, true]);
    expect(permits.spend()).toBe(false);
    expect(returned).toEqual([{ keyId: 'key', window: 7, held: 1, unused: 1 }]);
  });

  it('T025 who waits behind a statement that was sent before the key ended gets one of its own', async () => {
    const { asDesk, asked, answer } = desk();
    const permits = new KeyPermits('key', null, asDesk);
    const before = permits.take();
    const after = permits.take();
    permits.end();
    await answer({ extra: 1 });
    await answer({ granted: 0, alive: false });
    expect(await passes([before, after])).toEqual([true, false]);
    expect(asked.map(({ extra }) => extra)).toEqual([0, 0]);
  });

  it('T021 a statement that failed may have run: nobody passes, and nothing is given back twice', async () => {
    const { asDesk, asked, returned, answer, fail } = desk();
    const permits = new KeyPermits('key', null, asDesk);
    const first = permits.take();
    await answer({ extra: 2 });
    expect([await passes([first]), permits.spend(), permits.spend()]).toEqual([[true], true, true]);
    const failing = permits.take();
    await fail();
    await expect(failing).rejects.toThrow('away');
    const next = permits.take();
    await answer();
    expect(await passes([next])).toEqual([true]);
    expect(asked.map(({ returned: back }) => back)).toEqual([
      null,
      { keyId: 'key', window: 7, held: 2, unused: 0 },
      null,
    ]);
    expect(returned).toEqual([]);
  });

  it('a refusal changes nothing in the row: what was to be given back with it is given back by itself', async () => {
    const { asDesk, returned, answer } = desk();
    const permits = new KeyPermits('key', null, asDesk);
    const first = permits.take();
    await answer({ extra: 1 });
    expect(permits.spend()).toBe(true);
    const second = permits.take();
    await answer({ granted: 0, extra: 0, window_full: true });
    expect(await passes([first, second])).toEqual([true, false]);
    expect(returned).toEqual([{ keyId: 'key', window: 7, held: 1, unused: 0 }]);
  });

  it('calls on the others once they hold more than half of what is left, and not at each statement', async () => {
    const { asDesk, called, answer } = desk();
    const permits = new KeyPermits('key', null, asDesk);
    for (const left of [20, 19, 18]) {
      const request = permits.take();
      await answer({ left, held_by_others: 10, extra: 0 });
      await request;
    }
    expect(called).toEqual(['row']);
  });

  it('T021 a full window is asked again while others hold permits of it', async () => {
    const { asDesk, asked, called, answer } = desk();
    const permits = new KeyPermits('key', null, asDesk);
    const full = { granted: 0, window_full: true, held_by_others: 3 };
    const request = permits.take();
    await answer(full);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await answer({ held_by_others: 2 });
    expect(await passes([request])).toEqual([true]);
    expect([asked.length, called]).toEqual([2, ['row']]);
  });
});
