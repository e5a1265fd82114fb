import { PermitBlock } from './permit-block.js';

const LIFE = 5_000;

/** Takes what the block asks for, at this time. */
function take(block: PermitBlock, now: number): number {
  block.empty(now);
  block.fill({ window: 7, permits: block.wanted, deadline: now + LIFE });
  return block.wanted;
}
function spendAll(block: PermitBlock, now: number): void {
  while (block.spend(now));
}

describe('block of permits', () => {
  it('doubles while it is used up within its life, up to 64 with the permit of the request that takes it', () => {
    const block = new PermitBlock('key');
    const sizes = Array.from({ length: 9 }, (_, at) => {
      const size = take(block, at);
      spendAll(block, at);
      return size;
    });
    expect(sizes).toEqual([0, 1, 3, 7, 15, 31, 63, 63, 63]);
  });

  it('stays as it is when it was used up and its life is over', () => {
    const block = new PermitBlock('key');
    expect([take(block, 0), take(block, LIFE), take(block, 2 * LIFE)]).toEqual([0, 0, 0]);
  });

  it('stays as it is while half of it is used, and shrinks to what was used otherwise', () => {
    const block = new PermitBlock('key');
    for (let at = 0; at < 4; at++) {
      take(block, at);
      spendAll(block, at);
    }
    expect(take(block, 4)).toBe(15);
    for (let spent = 0; spent < 8; spent++) block.spend(5);
    expect(take(block, LIFE + 5)).toBe(15);
    for (let spent = 0; spent < 5; spent++) block.spend(LIFE + 5);
    expect(block.empty(LIFE + 6)).toEqual({ keyId: 'key', window: 7, held: 15, unused: 10 });
    expect(block.wanted).toBe(4);
  });

  it('gives nothing once its life is over, and returns it once', () => {
    const block = new PermitBlock('key');
    block.fill({ window: 7, permits: 2, deadline: 10 });
    expect([block.spend(9), block.isOver(9), block.spend(10), block.isOver(10)]).toEqual([true, false, false, true]);
    expect([block.empty(10), block.empty(10)]).toEqual([{ keyId: 'key', window: 7, held: 2, unused: 1 }, null]);
  });

  it('what is used up is told too, since the row counts it as held; an empty one is not', () => {
    const block = new PermitBlock('key');
    block.fill({ window: 7, permits: 1, deadline: 10 });
    spendAll(block, 0);
    expect(block.empty(1)).toEqual({ keyId: 'key', window: 7, held: 1, unused: 0 });
    block.fill({ window: 7, permits: 0, deadline: 10 });
    expect(block.empty(1)).toBeNull();
  });
});
