import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../clock.js';
import { AuthError } from '../errors/auth-error.js';
import { SecretBox } from '../secrets/secret-box.js';
import { LiveSigningKeyRing } from './live-signing-key.ring.js';
import type { SigningKeyPolicy } from './signing-key.schedule.js';
import type { SigningKeyRows } from './signing-key.store.js';

const POLICY = {} as SigningKeyPolicy;
const NO_KEYS = { nowMs: 1, rows: [] } as unknown as SigningKeyRows;

describe('the keys as a process knows them', () => {
  let loads: number;
  let isAway: boolean;
  let ring: LiveSigningKeyRing;
  beforeEach(() => {
    loads = 0;
    isAway = false;
    const store = {
      load: async () => {
        loads++;
        await sleep(1);
        if (isAway) throw AuthError.unavailable('away');
        return NO_KEYS;
      },
    };
    const writer = { hasWork: () => false };
    const box = new SecretBox(['thirty-two characters of a secret']);
    ring = new LiveSigningKeyRing(undefined!, store as never, writer as never, box, new Clock(), () => POLICY);
  });
  afterEach(() => ring.stop());

  it('a change that they were told of has been read once they are not outdated', async () => {
    await ring.start();
    ring.drop(['key:signing']);
    expect([ring.isOutdated, loads]).toEqual([true, 1]);
    await ring.refresh();
    expect([ring.isOutdated, loads]).toEqual([false, 2]);
    // One that comes while they are read is read once more.
    const reading = ring.refresh();
    await Promise.resolve();
    ring.drop(['key:signing']);
    await reading;
    await sleep(20);
    expect([ring.isOutdated, loads]).toEqual([false, 4]);
  });

  it('T119 a database that is away is not asked again and again', async () => {
    isAway = true;
    await ring.start();
    ring.drop(['key:signing']);
    await sleep(50);
    expect([ring.isOutdated, loads]).toEqual([true, 2]);
    isAway = false;
    await ring.refresh();
    expect(ring.isOutdated).toBe(false);
  });
});
