export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.e2e-spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^nest-authority$': '<rootDir>/src/index.ts',
    '^nest-authority/swagger$': '<rootDir>/src/swagger/index.ts',
  },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true }] },
  globalSetup: './test/global-setup.mjs',
  globalTeardown: './test/global-teardown.mjs',
  testTimeout: 60_000,
  maxWorkers: 2,
  // Modules of the VM are never freed: without new workers, the last suites spend their time collecting garbage.
  workerIdleMemoryLimit: '1GB',
};
