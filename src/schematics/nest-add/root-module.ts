import type ts from 'typescript';
import { posix } from 'node:path';
import type { HostTools } from './host-tools.js';

/** The module of ours that the root module imports, and where both are. */
export interface Declaration {
  readonly className: string;
  readonly folder: string;
  readonly rootModule: string;
  readonly isEsm: boolean;
}

/** Adds the import, and the name to `imports` of `@Module`. @returns null for a file in which that did not succeed */
export function declareInRootModule({ nest, typescript }: HostTools, text: string, wanted: Declaration): string | null {
  const { className, folder, rootModule, isEsm } = wanted;
  const place = { name: 'authentication', type: 'module', className, path: folder, module: rootModule };
  type Options = Parameters<InstanceType<typeof nest.ModuleDeclarator>['declare']>[1];
  const options = { ...place, metadata: 'imports', isEsm } as unknown as Options;
  const declared = new nest.ModuleDeclarator().declare(text, options);
  return importsOfModule(typescript, declared).includes(className) ? declared : null;
}

/** The names in `@Module({ imports: [ … ] })`. */
export function importsOfModule(typescript: typeof ts, text: string): string[] {
  const file = typescript.createSourceFile('app.module.ts', text, typescript.ScriptTarget.Latest, true);
  for (const statement of file.statements) {
    if (!typescript.isClassDeclaration(statement)) continue;
    for (const { expression } of typescript.getDecorators(statement) ?? []) {
      if (!typescript.isCallExpression(expression) || expression.expression.getText() !== 'Module') continue;
      return namesOf(typescript, expression.arguments[0]);
    }
  }
  return [];
}

function namesOf(typescript: typeof ts, metadata: ts.Expression | undefined): string[] {
  if (!metadata || !typescript.isObjectLiteralExpression(metadata)) return [];
  const imports = metadata.properties.find((property) => property.name?.getText() === 'imports');
  if (!imports || !typescript.isPropertyAssignment(imports)) return [];
  const { initializer } = imports;
  return typescript.isArrayLiteralExpression(initializer)
    ? initializer.elements.map((element) => element.getText())
    : [];
}

/** The file that a relative specifier means. @returns null for one that is not relative */
export function fileOfSpecifier(from: string, specifier: string): string | null {
  if (!/^\.\.?\//.test(specifier)) return null;
  return posix.join(posix.dirname(from), specifier.replace(/\.js$/, '')) + '.ts';
}
