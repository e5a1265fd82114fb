import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { AuthError } from '../errors/auth-error.js';
import { openConnection } from './open-connection.js';

it.each([
  [AuthError.invalidToken('it has expired'), [4401, 'Unauthorized']],
  [AuthError.insufficientScope(['a']), [4403, 'Forbidden']],
  [AuthError.unavailable('nobody says whether it is good'), [1013, 'Try again later']],
])('%s closes a subscription with %j: 4401 is final for clients', (reason, expected) => {
  const closed: unknown[] = [];
  const upgrade = { rawHeaders: [], headersDistinct: {}, socket: new EventEmitter() } as unknown as IncomingMessage;
  openConnection(upgrade, { close: (...how: unknown[]) => closed.push(how) }).close(reason);
  expect(closed).toEqual([expected]);
});
