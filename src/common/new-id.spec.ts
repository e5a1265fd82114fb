import { version } from 'uuid';
import { newId } from './new-id.js';

describe('RFC 9562 5.7: ids of rows', () => {
  it('are of version 7, ascend, and are never twice the same, over several fillings of the pool', () => {
    const ids = Array.from({ length: 5_000 }, newId);
    expect(ids.every((id) => version(id) === 7)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
  });
});
