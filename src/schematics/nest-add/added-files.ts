import type { Rule } from '@angular-devkit/schematics';
import { posix } from 'node:path';
import type { Application } from './application.js';
import type { HostTools } from './host-tools.js';

/** Which parts are wanted. */
export interface Parts {
  readonly capabilities: readonly string[];
  readonly dataSource: boolean;
  readonly swagger: boolean;
  readonly example: boolean;
}

/** From this file, as it is compiled to `dist/src/schematics/nest-add`. */
const TEMPLATES = '../../../../schematics/nest-add/files';
/** Below the source root. */
export const FOLDER = 'authentication';

/** The paths of the files that are added. */
export function addedPaths({ sourceRoot, testFolder }: Application, { swagger, example }: Parts): string[] {
  const names = ['authentication.module.ts', 'authentication.options.ts'];
  if (swagger) names.push('api-document.ts');
  if (example) names.push('whoami.controller.ts');
  const sources = names.map((name) => posix.join(sourceRoot, FOLDER, name));
  return example ? [...sources, posix.join(testFolder, 'whoami.e2e-spec.ts')] : sources;
}

/** Writes them from `schematics/nest-add/files`. */
export function writeAddedFiles({ devkit }: HostTools, application: Application, parts: Parts): Rule {
  const { sourceRoot, testFolder, rootModule, isEsm, manifest } = application;
  const wanted = new Set(addedPaths(application, parts).map((path) => `/${path}`));
  const js = isEsm ? '.js' : '';
  const apiKeys = parts.capabilities.includes('apiKeys');
  const values = {
    ...parts,
    blocks: parts.capabilities.filter((name) => name !== 'accounts' && name !== 'bearer'),
    capabilityList: listOf(parts.capabilities),
    apiKeys,
    schemes: apiKeys ? ['bearer', 'apiKey'] : ['bearer'],
    js,
    title: manifest.name ?? 'API',
    moduleName: rootModule.name,
    modulePath: posix.relative(testFolder, rootModule.path).replace(/\.ts$/, js),
  };
  const from = (folder: string, to: string) =>
    devkit.mergeWith(
      devkit.apply(devkit.url(`${TEMPLATES}/${folder}`), [
        devkit.applyTemplates(values),
        devkit.move(to),
        devkit.filter((path) => wanted.has(path)),
      ]),
    );
  return devkit.chain([from('source', sourceRoot), from('test', testFolder)]);
}

/** Broken as Prettier does it in lines of 80, behind its name. */
function listOf(capabilities: readonly string[]): string {
  const names = capabilities.map((name) => `'${name}'`);
  const line = `[${names.join(', ')}]`;
  const whole = `export const capabilities: AuthCapability[] = ${line};`;
  return whole.length <= 80 ? line : `[\n${names.map((name) => `  ${name},\n`).join('')}]`;
}
