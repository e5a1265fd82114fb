// Runs before each e2e test file: nearly every test signs users up, and at the cost of production that would be most of what the suite waits for.
// Only a new hash of ours is cheaper here; its text is as in production, and better-auth's cost is its own. The real one is tested by
// password-hasher.spec.ts, and by the tests of the demo, which is a process of its own.
const crypto = process.getBuiltinModule('node:crypto');
// Node's module is the same for all files of a worker: it is replaced once, and never by a copy of the replacement.
const REAL = Symbol.for('nest-authority tests: scrypt');
const scrypt = (crypto[REAL] ??= crypto.scrypt);

crypto.scrypt = (password, salt, length, options, done) => {
  const isOurs = options.N === 2 ** 15 && options.r === 8 && options.p === 3;
  scrypt(password, salt, length, isOurs ? { ...options, N: 2 ** 10, p: 1 } : options, done);
};
