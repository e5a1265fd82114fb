import { underLease } from './lease.js';

const late = () => new Error('too late');

describe('work under a lease', () => {
  it('done at the first look, it is not looked at again', async () => {
    const waited: boolean[] = [];
    const attempt = async (hasWaited: boolean) => {
      waited.push(hasWaited);
      return 'done';
    };
    expect(await underLease({ attempt, patienceMilliseconds: 0, tooLate: late })).toBe('done');
    expect(waited).toEqual([false]);
  });

  it('looks again while another has the lease, and says so', async () => {
    const waited: boolean[] = [];
    const attempt = async (hasWaited: boolean) => (waited.push(hasWaited) < 3 ? null : 'taken over');
    expect(await underLease({ attempt, patienceMilliseconds: 10_000, tooLate: late })).toBe('taken over');
    expect(waited).toEqual([false, true, true]);
  });

  it('gives up when its patience is at an end, after one more look', async () => {
    let looks = 0;
    const attempt = async () => (looks++, null);
    await expect(underLease({ attempt, patienceMilliseconds: 20, tooLate: late })).rejects.toThrow('too late');
    expect(looks).toBe(2);
  });

  it('a failure ends it', async () => {
    const attempt = () => Promise.reject(new Error('refused'));
    await expect(underLease({ attempt, patienceMilliseconds: 10_000, tooLate: late })).rejects.toThrow('refused');
  });
});
