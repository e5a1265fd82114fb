import type { Tree } from '@angular-devkit/schematics';
import { posix } from 'node:path';
import type { HostTools } from './host-tools.js';
import { readMainFile, type MainFile } from './main-file.js';
import type { Manifest } from './manifest.js';
import { Refusal } from './refusal.js';
import { fileOfSpecifier } from './root-module.js';

/** A Nest application, as far as it matters here. Paths begin at its package.json. */
export interface Application {
  readonly sourceRoot: string;
  readonly testFolder: string;
  readonly manifest: Manifest;
  readonly isEsm: boolean;
  readonly main: MainFile & { readonly path: string };
  readonly rootModule: { readonly name: string; readonly path: string };
}

/** @throws Refusal for what is not written as `nest new` writes it */
export function readApplication(tree: Tree, sourceRoot: string, { typescript }: HostTools): Application {
  if (!tree.exists('package.json')) throw Refusal.byHand('There is no package.json here.');
  const manifest = JSON.parse(tree.readText('package.json')) as Manifest;
  const mainPath = posix.join(sourceRoot, 'main.ts');
  if (!tree.exists(mainPath)) throw Refusal.byHand(`There is no ${mainPath}.`);
  const main = readMainFile(typescript, tree.readText(mainPath));
  if (!main) throw Refusal.byHand(`${mainPath} does not call NestFactory.create with a root module that it imports.`);
  const modulePath = fileOfSpecifier(mainPath, main.rootModule.specifier);
  if (modulePath === null || !tree.exists(modulePath))
    throw Refusal.byHand(
      `${mainPath} imports its root module from ${main.rootModule.specifier}, where no TypeScript file is.`,
    );
  return {
    sourceRoot,
    testFolder: posix.join(posix.dirname(sourceRoot), 'test'),
    manifest,
    isEsm: manifest.type === 'module',
    main: { ...main, path: mainPath },
    rootModule: { name: main.rootModule.name, path: modulePath },
  };
}

/** The first file of the application that has such a text; null: none. */
export function fileWith(tree: Tree, sourceRoot: string, text: RegExp): string | null {
  let found: string | null = null;
  tree.getDir(sourceRoot).visit((path) => {
    if (found === null && path.endsWith('.ts') && text.test(tree.readText(path))) found = path.slice(1);
  });
  return found;
}
