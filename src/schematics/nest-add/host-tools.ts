import type * as devkit from '@angular-devkit/schematics';
import type * as nest from '@nestjs/schematics';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';

/** What every Nest application has among its `devDependencies`, and what comes with it. */
export interface HostTools {
  readonly typescript: typeof ts;
  readonly nest: typeof nest;
  readonly devkit: typeof devkit;
}

/** From the application in whose folder this process runs: none of them is a dependency of ours. @throws Error with the remedy */
export function hostTools(): HostTools {
  const host = createRequire(join(process.cwd(), 'package.json'));
  try {
    const besideNest = createRequire(host.resolve('@nestjs/schematics'));
    return {
      typescript: host('typescript') as HostTools['typescript'],
      nest: host('@nestjs/schematics') as HostTools['nest'],
      devkit: besideNest('@angular-devkit/schematics') as HostTools['devkit'],
    };
  } catch (cause) {
    throw new Error(
      'typescript and @nestjs/schematics cannot be loaded from here. Run this in the folder of a Nest application, after ' +
        '"npm install --save-dev typescript @nestjs/schematics".',
      { cause },
    );
  }
}
