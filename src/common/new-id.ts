import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const ID_BYTES = 16;
/**
 * For 256 ids at a time: asking the generator costs as much as the bytes of a hundred. Only for ids: a copy of a running machine would go on
 * with the same pool, and two rows with one id are refused by the table, whereas two secrets alike, or two IVs, are found by nobody.
 */
const pool = Buffer.alloc(256 * ID_BYTES);
let taken = pool.length;

let lastMilliseconds = 0;
let sequence = 0;

/** A new id of a row: UUID version 7 (RFC 9562 5.7), in ascending order within this process. */
export function newId(): string {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  const random = pool.subarray(taken, (taken += ID_BYTES));
  const now = Date.now();
  if (now > lastMilliseconds) {
    lastMilliseconds = now;
    // Half of the range, so that counting up has room.
    sequence = random.readUInt32LE() >>> 1;
  } else {
    sequence++;
  }
  return v7({ random, msecs: lastMilliseconds, seq: sequence });
}
