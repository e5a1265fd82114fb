import { createDeviceHost, type DeviceHost } from '../support/device.js';

const INTERVAL = 5_000;
const POLLS = 100;

describe('F24: RFC 8628 3.5 polls of devices whose timers and networks are as they are', () => {
  let host: DeviceHost;
  beforeAll(async () => {
    host = await createDeviceHost();
  });
  afterAll(() => host.close());

  /** As if so much time had gone by. */
  const pass = (milliseconds: number) =>
    host.sql(
      `UPDATE auth_device_authorization SET next_poll_at = next_poll_at - $1::float8 * interval '1 millisecond'`,
      [milliseconds],
    );
  const rows = () =>
    host.sql<{ seconds: number }>('SELECT poll_interval_seconds AS seconds FROM auth_device_authorization');
  /** Polls of a new device, each so long after the one before it. @returns what they hear */
  async function heard(gaps: readonly number[]): Promise<string[]> {
    await host.sql('DELETE FROM auth_device_authorization');
    const { body } = await host.ask();
    const errors = [(await host.poll(body.device_code)).body.error];
    for (const gap of gaps) {
      await pass(gap);
      errors.push((await host.poll(body.device_code)).body.error);
    }
    return errors;
  }
  /** Gaps of polls that leave on time and arrive off it by as much as `delayOf` says. */
  const onSchedule = (delayOf: (index: number) => number) =>
    Array.from({ length: POLLS }, (_, index) => INTERVAL + delayOf(index + 1) - (index === 0 ? 0 : delayOf(index)));
  /** Anything from -1 to 1, and the same in every run. */
  const noise = (index: number) => Math.sin(index * 12.9898) * Math.cos(index * 4.1414);

  it.each<[string, readonly number[]]>([
    ['a timer that keeps a schedule, and 300 ms of jitter', onSchedule((index) => noise(index) * 300)],
    ['300 ms early and late in turns', onSchedule((index) => (index % 2 === 0 ? 300 : -300))],
    ['every gap 300 ms off', Array.from({ length: POLLS }, (_, index) => INTERVAL + noise(index) * 300)],
    ['every gap 21 ms short (a clock that is fast)', Array.from({ length: POLLS }, () => INTERVAL - 21)],
    ['every gap 900 ms short', Array.from({ length: POLLS }, () => INTERVAL - 900)],
    ['every tenth poll held up for 1.9 s on its way', onSchedule((index) => (index % 10 === 0 ? 1_900 : 0))],
    ['polls that come late', Array.from({ length: POLLS }, (_, index) => INTERVAL + Math.abs(noise(index)) * 4_000)],
  ])('%s: nobody hears slow_down, and the interval stays', async (_, gaps) => {
    expect(new Set(await heard(gaps))).toEqual(new Set(['authorization_pending']));
    expect(await rows()).toEqual([{ seconds: 5 }]);
  });

  it('truly early is slow_down, 5 seconds each time; who then keeps to it hears it no more', async () => {
    const early = await heard([3_500, 1_000, 15_000 - 200, 15_000 - 900]);
    expect(early).toEqual([
      'authorization_pending',
      'slow_down',
      'slow_down',
      'authorization_pending',
      'authorization_pending',
    ]);
    expect(await rows()).toEqual([{ seconds: 15 }]);
  });

  it('a late poll earns no second one at once, however late it was', async () => {
    expect(await heard([600_000, 0])).toEqual(['authorization_pending', 'authorization_pending', 'slow_down']);
    expect(await heard([600_000, 1_500])).toEqual(['authorization_pending', 'authorization_pending', 'slow_down']);
  });

  it('the shortest interval has its slack too, and still is one', async () => {
    const brisk = await createDeviceHost({ interval: 1 });
    try {
      const { body } = await brisk.ask();
      const poll = async (gap: number) => {
        await brisk.sql(
          `UPDATE auth_device_authorization SET next_poll_at = next_poll_at - $1::float8 * interval '1 millisecond'`,
          [gap],
        );
        return (await brisk.poll(body.device_code)).body.error;
      };
      await poll(0);
      for (let count = 0; count < 10; count++) expect(await poll(700)).toBe('authorization_pending');
      expect(await poll(0)).toBe('slow_down');
    } finally {
      await brisk.close();
    }
  });
});
