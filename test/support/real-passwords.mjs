// Runs before each unit test file: a worker that has run an e2e test file keeps what cheap-passwords.mjs has put into Node's module.
const crypto = process.getBuiltinModule('node:crypto');
crypto.scrypt = crypto[Symbol.for('nest-authority tests: scrypt')] ?? crypto.scrypt;
