export default {
  testMatch: ['**/test/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  // TypeScript files that import './x.js' mean './x.ts'.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true }] },
};
