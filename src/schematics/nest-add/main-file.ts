import type ts from 'typescript';

/** What of `main.ts` matters here. */
export interface MainFile {
  /** The root module's class, and the specifier it is imported by. */
  readonly rootModule: { readonly name: string; readonly specifier: string };
  /** The application's variable, and where the statement begins in which it listens; null: not found. */
  readonly listening: { readonly variable: string; readonly position: number } | null;
}

/** @returns null for a file that does not call `NestFactory.create(AppModule)` with an imported module */
export function readMainFile(typescript: typeof ts, text: string): MainFile | null {
  const file = typescript.createSourceFile('main.ts', text, typescript.ScriptTarget.Latest, true);
  const created = nodesOf(typescript, file).find((node) => moduleGiven(typescript, node) !== null);
  const name = created && moduleGiven(typescript, created);
  const specifier = name && importedFrom(typescript, file, name);
  if (!created || !name || !specifier) return null;
  return {
    rootModule: { name, specifier },
    listening: findListening(typescript, file, variableOf(typescript, created)),
  };
}

/** `AppModule`, of `NestFactory.create(AppModule, …)`. */
function moduleGiven(typescript: typeof ts, node: ts.Node): string | null {
  if (!typescript.isCallExpression(node) || node.expression.getText() !== 'NestFactory.create') return null;
  const [given] = node.arguments;
  return given && typescript.isIdentifier(given) ? given.text : null;
}

function importedFrom(typescript: typeof ts, file: ts.SourceFile, name: string): string | null {
  for (const statement of file.statements) {
    if (!typescript.isImportDeclaration(statement) || !typescript.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (
      bindings &&
      typescript.isNamedImports(bindings) &&
      bindings.elements.some((element) => element.name.text === name)
    )
      return statement.moduleSpecifier.text;
  }
  return null;
}

/** `app`, of `const app = await NestFactory.create(…)`. */
function variableOf(typescript: typeof ts, created: ts.Node): string | null {
  let node = created.parent;
  while (typescript.isAwaitExpression(node) || typescript.isAsExpression(node)) node = node.parent;
  return typescript.isVariableDeclaration(node) && typescript.isIdentifier(node.name) ? node.name.text : null;
}

function findListening(typescript: typeof ts, file: ts.SourceFile, variable: string | null): MainFile['listening'] {
  if (variable === null) return null;
  const calls = nodesOf(typescript, file).filter(
    (node) => typescript.isCallExpression(node) && node.expression.getText() === `${variable}.listen`,
  );
  let node: ts.Node | undefined = calls[0];
  while (node && !typescript.isBlock(node.parent) && !typescript.isSourceFile(node.parent)) node = node.parent;
  return calls.length === 1 && node ? { variable, position: node.getStart(file) } : null;
}

function nodesOf(typescript: typeof ts, node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  typescript.forEachChild(node, (child) => void children.push(child));
  return [node, ...children.flatMap((child) => nodesOf(typescript, child))];
}

/** Puts a statement before the one at this position, as far from the left. */
export function insertStatement(text: string, position: number, statement: string): string {
  const indent = /[ \t]*$/.exec(text.slice(0, position))![0];
  return `${text.slice(0, position)}${statement}\n${indent}${text.slice(position)}`;
}
