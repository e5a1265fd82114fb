import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One row of a table of options. */
export interface OptionRow {
  /** `session.expiresIn`. */
  readonly name: string;
  readonly default: string;
  readonly meaning: string;
}

const INTERFACES = new Map(
  filesOf('src', 'options.ts').flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    return source.statements.filter(ts.isInterfaceDeclaration).map((one) => [one.name.text, one.members] as const);
  }),
);

/** Files below a folder whose names have this ending. */
export function filesOf(folder: string, ending: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .toSorted();
}

/**
 * The options of an interface and of the blocks in it, as its comments describe them.
 * @param elsewhere interfaces that have a table of their own
 */
export function optionsOf(name: string, elsewhere: readonly string[] = []): readonly OptionRow[] {
  const members = INTERFACES.get(name);
  if (!members) throw new Error(`There is no interface of options ${name}.`);
  return members.flatMap((member) => rowsOf(member, '', elsewhere));
}

function rowsOf(member: ts.TypeElement, path: string, elsewhere: readonly string[]): readonly OptionRow[] {
  const name = `${path}${member.name!.getText()}`;
  const { sentence, fallback } = describe(member);
  const within = ts.isPropertySignature(member) && member.type ? membersOf(member.type, elsewhere) : [];
  // A member without a comment is covered by the comment of its block.
  const inner = within.filter((one) => sentence === '' || describe(one).sentence !== '');
  const own = { name, default: fallback ?? (member.questionToken ? 'none' : 'required'), meaning: sentence };
  // A block that only groups others needs no row.
  return [
    ...(inner.length > 0 && sentence === '' ? [] : [own]),
    ...inner.flatMap((one) => rowsOf(one, `${name}.`, elsewhere)),
  ];
}

/** The members of a block: written inline, or those of an interface of options. */
function membersOf(type: ts.TypeNode, elsewhere: readonly string[]): readonly ts.TypeElement[] {
  if (ts.isTypeLiteralNode(type)) return type.members;
  if (ts.isTypeReferenceNode(type) && !elsewhere.includes(type.typeName.getText()))
    return INTERFACES.get(type.typeName.getText()) ?? [];
  return ts.isUnionTypeNode(type) ? type.types.filter(ts.isTypeLiteralNode).flatMap((one) => [...one.members]) : [];
}

/** The comment of an option as one line, and separately its default: `Default 5, at most 60.` */
function describe(member: ts.TypeElement): { sentence: string; fallback: string | undefined } {
  const comment = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc).at(-1)?.comment;
  const lines = (ts.getTextOfJSDocComment(comment) ?? '').split('\n').filter((line) => !line.startsWith('- '));
  const sentences = lines
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(/(?<=(?<!e\.g)\.) /);
  const fallback = sentences.find((one) => one.startsWith('Default'));
  return {
    sentence: sentences.filter((one) => one !== fallback).join(' '),
    fallback: fallback?.replace(/^Default:? /, '').replace(/\.$/, ''),
  };
}

const TABLE = /(<!-- options:(\w+) -->\n)([^]*?)(<!-- end of options -->)/g;

/**
 * A guide with its tables generated anew: `<!-- options:JwtOptions -->` … `<!-- end of options -->`.
 * @param elsewhere interfaces that have a table of their own, in this guide or another
 */
export function withTables(guide: string, elsewhere: readonly string[]): string {
  return guide.replaceAll(TABLE, (_, start: string, name: string, _old: string, end: string) => {
    const rows = optionsOf(name, elsewhere).map((row) => `| \`${row.name}\` | ${row.default} | ${row.meaning} |`);
    return `${start}\n${['| Option | Default | Meaning |', '| --- | --- | --- |', ...rows].join('\n')}\n\n${end}`;
  });
}

/** Names of the interfaces for which a guide has tables. */
export function tablesOf(guide: string): readonly string[] {
  return [...guide.matchAll(TABLE)].map(([, , name]) => name!);
}
