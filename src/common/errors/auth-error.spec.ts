import { AuthError } from './auth-error.js';

describe('stack traces of AuthError', () => {
  const frames = (error: AuthError) =>
    (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));

  it('an answer below 500 costs no stack trace; a fault has one, with its cause', () => {
    expect(frames(AuthError.invalidGrant('a reason'))).toEqual([]);
    const cause = new Error('a cause');
    const fault = AuthError.internal(cause);
    expect(frames(fault).length).toBeGreaterThan(0);
    expect(fault.cause).toBe(cause);
  });

  it('leaves the stack traces of other errors alone', () => {
    const before = Error.stackTraceLimit;
    AuthError.invalidRequest('no');
    expect(Error.stackTraceLimit).toBe(before);
    expect(new Error('other').stack).toMatch(/\n\s+at /);
  });
});
