/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/test/strip-types.js' },
  testTimeout: 240_000,
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/test/closing-line.js'],
};
