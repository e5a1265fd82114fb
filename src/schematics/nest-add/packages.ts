import { readFileSync } from 'node:fs';

interface Package {
  readonly version: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** In `dist/src/schematics/nest-add`, as this file is compiled to. */
const OUR_PACKAGE = new URL('../../../../package.json', import.meta.url);

/** What the added files import, in the ranges that this package is tested with. */
export function packagesFor(parts: { readonly swagger: boolean }): Record<string, string> {
  const { version, peerDependencies } = JSON.parse(readFileSync(OUR_PACKAGE, 'utf8')) as Package;
  const peers = ['@nestjs/typeorm', 'pg', 'typeorm', ...(parts.swagger ? ['@nestjs/swagger'] : [])];
  return {
    '@nestjs/config': '^12.0.0',
    ...Object.fromEntries(peers.map((name) => [name, peerDependencies[name]!])),
    'nest-authority': `^${version}`,
  };
}

/** What the added test imports; `nest new` brings both. */
export const TEST_PACKAGES: Readonly<Record<string, string>> = {
  '@nestjs/testing': '^12.0.0',
  '@types/supertest': '^7.0.0',
  supertest: '^7.0.0',
};
