import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { CoreSettings } from '../../options/core-options.js';
import { resolveTrustedOrigins } from '../../options/trusted-origins.js';
import type { EdgeContext } from '../request/request-context.js';
import { TrustedOrigins } from './trusted-origins.js';

const ISSUER = 'https://auth.example';
const TENANT = 'https://tenant.example';

describe('F28: a function that never answers', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('F28: has said no after 5 seconds, and the next one is asked', async () => {
    const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const asked: string[] = [];
    const trustedOrigins = resolveTrustedOrigins(
      [() => new Promise(() => undefined), (origin: string) => asked.push(origin) > 0],
      ISSUER,
    );
    const origins = new TrustedOrigins({ issuer: ISSUER, trustedOrigins } as CoreSettings);
    const answer = origins.trusts(TENANT, { request: {} as IncomingMessage } as EdgeContext);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(asked).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(asked).toEqual([TENANT]);
    await expect(answer).resolves.toBe(true);
    expect(jest.getTimerCount()).toBe(0);
    expect(log).toHaveBeenCalledWith(expect.stringContaining('a function failed'), expect.any(String));
    log.mockRestore();
  });
});
