import { readFileSync } from 'node:fs';
import ts from 'typescript';
import type { Statement } from '../../src/index.js';
import { askHeap } from './heap.js';
import { filesOf } from './option-tables.js';

/**
 * Every named statement of this process, from the heap of the engine: a statement is a plain object with a name and a text, and most are
 * private to their module. Load the modules and make the application first, since some statements are made with it.
 */
export function liveStatements(): Statement[] {
  const found = askHeap<Statement[]>(
    'Object.prototype',
    `function () {
      const own = (one, key) => Object.getOwnPropertyDescriptor(one, key)?.value;
      return Array.from(this).map((one) => ({ name: own(one, 'name'), text: own(one, 'text') }))
        .filter(({ name, text }) => typeof name === 'string' && typeof text === 'string' && name.startsWith('auth_'));
    }`,
  );
  return [...new Map(found.map((one) => [`${one.name} ${one.text}`, one])).values()];
}

/** The names of all statements in the source, as patterns: what a name is made of while the program runs is open. */
export function writtenStatements(): RegExp[] {
  return filesOf('src', '.ts').flatMap((file) => {
    const found: RegExp[] = [];
    const visit = (node: ts.Node): void => {
      const name = ts.isObjectLiteralExpression(node) ? nameOfStatement(node) : undefined;
      if (name) found.push(patternOf(name));
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
    return found;
  });
}

/** The expression of `name` in `{ name, text }`. What has values besides is a part of a statement, planned with each whole that it is in. */
function nameOfStatement(literal: ts.ObjectLiteralExpression): ts.Expression | undefined {
  const member = (key: string) =>
    literal.properties.find(
      (one): one is ts.PropertyAssignment => ts.isPropertyAssignment(one) && one.name.getText() === key,
    );
  return member('values') ? undefined : member('text') && member('name')?.initializer;
}

function patternOf(name: ts.Expression): RegExp {
  if (ts.isStringLiteralLike(name)) return new RegExp(`^${name.text}$`);
  if (!ts.isTemplateExpression(name))
    throw new Error(`The name of a statement is neither text nor template: ${name.getText()}`);
  return new RegExp(`^${name.head.text}${name.templateSpans.map(({ literal }) => `.+${literal.text}`).join('')}$`);
}
