import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { posix } from 'node:path';
import { addedPaths, FOLDER, writeAddedFiles, type Parts } from './added-files.js';
import { fileWith, readApplication, type Application } from './application.js';
import { extendExample, firstEnvironment, ignoresEnvironment } from './environment-files.js';
import { hostTools, type HostTools } from './host-tools.js';
import { insertStatement } from './main-file.js';
import { extendManifest } from './manifest.js';
import { readCapabilities, type NestAddOptions } from './nest-add.options.js';
import { packagesFor, TEST_PACKAGES } from './packages.js';
import { PACKAGE, Refusal } from './refusal.js';
import { declareInRootModule, importsOfModule } from './root-module.js';

const MODULE = 'AuthenticationModule';

/** `nest add nest-authority`. All that may be refused is refused before the first change, and the devkit writes all files or none. */
export function nestAdd(options: NestAddOptions): Rule {
  return (tree, context) => {
    const tools = hostTools();
    const application = readApplication(tree, options.sourceRoot ?? 'src', tools);
    const { rootModule } = application;
    if (importsOfModule(tools.typescript, tree.readText(rootModule.path)).includes(MODULE)) {
      if (!isOurs(tree, application)) throw Refusal.byHand(`${rootModule.path} imports an ${MODULE} of its own.`);
      context.logger.info(`${rootModule.path} imports ${MODULE}: nest-authority is there, and nothing was changed.`);
      return tree;
    }
    const parts: Parts = {
      capabilities: readCapabilities(options.capabilities),
      dataSource: !options.skipDataSource,
      swagger: !options.skipSwagger,
      example: !options.skipExample,
    };
    requirePlace(tree, application, parts);
    const edits = [
      editRootModule(tools, tree, application),
      ...(parts.swagger ? [editMain(tools, tree, application)] : []),
      editManifest(tree, application, parts),
    ];
    return tools.devkit.chain([
      writeAddedFiles(tools, application, parts),
      (changed) => {
        for (const { path, text } of edits) changed.overwrite(path, text);
        const hasSecret = writeEnvironment(changed);
        if (!options.skipInstall) install(context);
        for (const line of whatNext(application, parts, hasSecret)) context.logger.info(line);
      },
    ]);
  };
}

/** Whether the module of this name is the one that was added, and not one that the application had. */
function isOurs(tree: Tree, { sourceRoot }: Application): boolean {
  const path = posix.join(sourceRoot, FOLDER, 'authentication.module.ts');
  return tree.exists(path) && tree.readText(path).includes("from 'nest-authority'");
}

interface Edit {
  readonly path: string;
  readonly text: string;
}

/** @throws Refusal where something of the host is in the way */
function requirePlace(tree: Tree, application: Application, parts: Parts): void {
  const taken = addedPaths(application, parts).find((path) => tree.exists(path));
  if (taken !== undefined) throw new Refusal(`${taken} is there already.`, 'Move it, and try again.');
  const own = fileWith(tree, application.sourceRoot, /\bAuthModule\s*\.\s*forRoot/);
  if (own !== null) throw new Refusal(`${own} has AuthModule already.`, 'Its options are yours to change.');
  const other = parts.dataSource ? fileWith(tree, application.sourceRoot, /\bTypeOrmModule\s*\.\s*forRoot/) : null;
  if (other !== null)
    throw new Refusal(
      `${other} has a data source.`,
      'Add ...authEntities() to its entities and ...authMigrations() to its migrations, both of nest-authority, and give --skip-data-source.',
    );
}

function editRootModule(tools: HostTools, tree: Tree, { sourceRoot, rootModule, isEsm }: Application): Edit {
  const folder = posix.join('/', sourceRoot, FOLDER);
  const wanted = { className: MODULE, folder, rootModule: `/${rootModule.path}`, isEsm };
  const text = declareInRootModule(tools, tree.readText(rootModule.path), wanted);
  if (text === null)
    throw Refusal.byHand(`${rootModule.path} has no class with @Module({ … }) whose imports are a list.`);
  return { path: rootModule.path, text };
}

function editMain({ nest }: HostTools, tree: Tree, { main, sourceRoot, isEsm }: Application): Edit {
  if (!main.listening)
    throw new Refusal(
      `${main.path} has no statement in which what NestFactory.create returns listens.`,
      `Give --skip-swagger, and add the API document by hand, as ${PACKAGE}/docs/guides/api-document.md shows.`,
    );
  const { variable, position } = main.listening;
  const called = insertStatement(tree.readText(main.path), position, `setUpApiDocument(${variable});`);
  type Options = Parameters<InstanceType<typeof nest.ModuleImportDeclarator>['declare']>[1];
  const place = { name: 'api-document', path: posix.join('/', sourceRoot, FOLDER), module: `/${main.path}` };
  const options = { ...place, symbol: 'setUpApiDocument', metadata: 'imports', isEsm } as unknown as Options;
  return { path: main.path, text: new nest.ModuleImportDeclarator().declare(called, options) };
}

function editManifest(tree: Tree, { sourceRoot }: Application, parts: Parts): Edit {
  const text = extendManifest(tree.readText('package.json'), {
    dependencies: packagesFor(parts),
    devDependencies: parts.example ? TEST_PACKAGES : {},
    scripts: { 'auth:migrate': 'nest-authority migrate up' },
    // Elsewhere, in a workspace of several applications, the build has one file, and the command line reads the environment.
    optionsFile: sourceRoot === 'src' ? `./dist/${FOLDER}/authentication.options.js` : null,
  });
  return { path: 'package.json', text };
}

/** @returns whether there is a `.env` with a secret now that was not there */
function writeEnvironment(tree: Tree): boolean {
  const read = (path: string) => (tree.exists(path) ? tree.readText(path) : '');
  const example = extendExample(read('.env.example'));
  if (tree.exists('.env.example')) tree.overwrite('.env.example', example);
  else tree.create('.env.example', example);
  if (tree.exists('.env') || !ignoresEnvironment(read('.gitignore'))) return false;
  tree.create('.env', firstEnvironment());
  return true;
}

/** By the package manager of the application, after all files are written. */
function install(context: SchematicContext): void {
  context.addTask({ toConfiguration: () => ({ name: 'node-package', options: { command: 'install', quiet: true } }) });
}

function whatNext({ sourceRoot }: Application, parts: Parts, hasSecret: boolean): string[] {
  return [
    '',
    hasSecret
      ? 'Next: see that DATABASE_URL in .env names a database (a secret is there already), and start the application.'
      : 'Next: give .env what .env.example lists, and start the application.',
    ...(parts.dataSource
      ? []
      : ['Your data source needs ...authEntities() and ...authMigrations() of nest-authority.']),
    ...(parts.example ? ['GET /whoami answers 401 without a token; "npm run test:e2e" calls it with one.'] : []),
    `The options are in ${posix.join(sourceRoot, FOLDER, 'authentication.options.ts')}.`,
    'In production run "npm run auth:migrate" before the start.',
  ];
}
