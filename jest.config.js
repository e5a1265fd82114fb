const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^nest-authority$': '<rootDir>/src/index.ts',
    '^nest-authority/resource-server$': '<rootDir>/src/resource-server/index.ts',
    '^nest-authority/swagger$': '<rootDir>/src/swagger/index.ts',
  },
  // tsconfig.json says isolatedModules, so files are only transpiled, each by itself; `npm run typecheck` checks them.
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true }] },
};

export default {
  // `npm run test:unit`, `npm run test:e2e -- api-keys`. (Their --no-watchman ends --selectProjects, which takes every word up to the next option.)
  projects: [
    // Functions, called: no database, no dist/, no server.
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{src,test}/**/*.spec.ts'],
      setupFiles: ['<rootDir>/test/support/real-passwords.mjs'],
    },
    // A running application, server or process, on the PostgreSQL of the set-up.
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
      setupFiles: ['<rootDir>/test/support/cheap-passwords.mjs'],
      globalSetup: './test/global-setup.mjs',
      globalTeardown: './test/global-teardown.mjs',
    },
  ],
  testTimeout: 60_000,
  maxWorkers: 2,
  // Modules of the VM are never freed: without new workers, the last suites spend their time collecting garbage.
  workerIdleMemoryLimit: '1GB',
};
