import ts from 'typescript';

const ENTRIES = [
  'src/index.ts',
  'src/mcp/index.ts',
  'src/resource-server/index.ts',
  'src/swagger/index.ts',
  'src/testing/index.ts',
];
/** Built for the host by what it imports; there is nothing to call. */
const INTERNAL = ['CommonModule'];

/** What an example may use without saying where it comes from. */
const CONTEXT = `
import { Controller, Delete, Get, Inject, Post, type Logger, type CanActivate, type ExecutionContext, type INestApplication } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Tool } from '@rekog/mcp-nest';
import type { McpServer } from '@modelcontextprotocol/server';
import passport from 'passport';
import { DataSource } from 'typeorm';
declare const app: INestApplication, logger: Logger;
declare const issuer: string, secret: string, clientId: string, clientSecret: string, cookie: string, password: string, userId: string;
declare const principal: AuthPrincipal;
declare const server: McpServer, request: object, addNote: () => { content: [] };
declare let stored: string;
declare class Report {}
declare class AppModule {}
declare class ReportsController {}
declare class Tenants {
  has(tenant: string, subjectId: string): Promise<boolean>;
}
`;

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile('tsconfig.json', ts.sys.readFile).config,
  ts.sys,
  '.',
);
options.noEmit = true;
options.emitDecoratorMetadata = false;

describe('@example', () => {
  const program = ts.createProgram(ENTRIES, options);
  const checker = program.getTypeChecker();
  const exported = new Map<string, ts.Symbol[]>();
  // What two entries export is one thing, and imported once.
  for (const entry of ENTRIES) {
    const before = new Set([...exported.values()].flat());
    exported.set(
      entry,
      exportsOf(entry).filter((symbol) => !before.has(symbol)),
    );
  }
  const examples = new Map<string, string>();
  for (const symbol of [...exported.values()].flat())
    for (const { text } of symbol.getJsDocTags(checker).filter(({ name }) => name === 'example'))
      examples.set(symbol.name, ts.displayPartsToString(text).replaceAll('```', ''));

  it('stands at every class, function and decorator that is exported', () => {
    const without = [...exported.values()]
      .flat()
      .filter((symbol) => symbol.flags & ts.SymbolFlags.Value && !/^[A-Z_]+$/.test(symbol.name))
      .filter(({ name }) => !examples.has(name) && !INTERNAL.includes(name));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('compiles, each by itself, against the sources', () => {
    const files = new Map([...examples].map(([name, code]) => [`example-of-${name}.ts`, moduleOf(code)]));
    const host = ts.createCompilerHost(options, true);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (path) => files.has(path) || fileExists(path);
    host.getSourceFile = (path, ...rest) =>
      files.has(path)
        ? ts.createSourceFile(path, files.get(path)!, ts.ScriptTarget.ES2023, true)
        : (program.getSourceFile(path) ?? getSourceFile(path, ...rest));
    const whole = ts.createProgram([...ENTRIES, ...files.keys()], options, host, program);
    const faults = [...files.keys()].flatMap((path) => {
      const file = whole.getSourceFile(path);
      return [...whole.getSyntacticDiagnostics(file), ...whole.getSemanticDiagnostics(file)].map(
        ({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    });
    expect(faults).toEqual([]);
  });

  function exportsOf(entry: string): ts.Symbol[] {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
    return checker
      .getExportsOfModule(module)
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
  }

  function moduleOf(code: string): string {
    const known = new Set<string>();
    const imports = [...exported].map(([entry, symbols]) => {
      // What two entries export is one thing: whoever imports from one does not import from the other.
      const names = symbols.map(({ name }) => name).filter((name) => !known.has(name));
      for (const name of names) known.add(name);
      return `import { ${names.join(', ')} } from './${entry.replace('.ts', '.js')}';`;
    });
    return `${imports.join('\n')}${CONTEXT}export async function example() {\n${code}\n}\n`;
  }
});
