import { v7 } from 'uuid';
import { takeRandom } from './crypto.js';

const ID_BYTES = 16;
let lastMilliseconds = 0;
let sequence = 0;

/** A new id of a row: UUID version 7 (RFC 9562 5.7), in ascending order within this process. */
export function newId(): string {
  const random = takeRandom(ID_BYTES);
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
