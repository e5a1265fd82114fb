import { MailDelays } from './mail-delays.js';

const MINUTE = 60_000;

describe('whether mail is delayed', () => {
  it('is not told by what becomes of the messages to one subject', () => {
    const delays = new MailDelays();
    for (const minute of [0, 1, 2, 3]) delays.noteFailure('ada', minute * MINUTE);
    expect(delays.areThere(3 * MINUTE)).toBe(false);
  });

  it('is so once those to two fail, until ten minutes later', () => {
    const delays = new MailDelays();
    delays.noteFailure('ada', 0);
    delays.noteFailure('grace', MINUTE);
    expect([delays.areThere(MINUTE), delays.areThere(9 * MINUTE), delays.areThere(10 * MINUTE)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('stays so while they go on failing', () => {
    const delays = new MailDelays();
    for (const minute of [0, 8, 16]) {
      delays.noteFailure('ada', minute * MINUTE);
      delays.noteFailure('grace', minute * MINUTE);
    }
    expect(delays.areThere(20 * MINUTE)).toBe(true);
  });
});
