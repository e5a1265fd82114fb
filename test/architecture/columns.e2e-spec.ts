import { jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getMetadataArgsStorage } from 'typeorm';
import type { Columns } from '../../src/common/database/columns.js';
import { insertInto } from '../../src/common/database/insert.js';

const SOURCE = join(import.meta.dirname, '../../src');

/** `name type null?` of every column that statements are made from, by table: their modules tell as they are loaded. */
async function columnsOfStatements(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const note = (table: string, columns: Columns) =>
    found.set(
      table,
      Object.values(columns).map(({ column, type, nullable }) => `${column} ${type}${nullable ? ' null' : ''}`),
    );
  jest.unstable_mockModule('../../src/common/database/insert.js', () => ({
    insertInto: (table: string, columns: Columns) => {
      note(table, columns);
      return insertInto(table, columns);
    },
  }));
  for (const path of readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }))
    if (path.endsWith('.ts') && readFileSync(join(SOURCE, path), 'utf8').includes('= insertInto('))
      await import(`../../src/${path.replace(/\.ts$/, '.js')}`);
  const { API_KEY_COLUMNS } = await import('../../src/api-keys/keys/api-key.columns.js');
  note('auth_api_key', API_KEY_COLUMNS);
  return found;
}

/** The same of the entities, which are what the migrations are (test/architecture/migrations). */
async function columnsOfEntities(): Promise<Map<string, string[]>> {
  await import('../../src/auth.schema.js');
  const { tables, columns } = getMetadataArgsStorage();
  return new Map(
    tables.map(({ name, target }) => [
      name!,
      columns
        .filter((one) => one.target === target)
        .map(({ propertyName, options: { name: column = propertyName, type, array, nullable } }) =>
          [column, `${String(type)}${array ? '[]' : ''}`, ...(nullable ? ['null'] : [])].join(' '),
        ),
    ]),
  );
}

describe('columns: statements are made of what the entities have', () => {
  let statements: Map<string, string[]>;
  let entities: Map<string, string[]>;
  beforeAll(async () => {
    statements = await columnsOfStatements();
    entities = await columnsOfEntities();
  });

  it('of every table: the name, the type, and whether it may be null', () => {
    expect(statements.size).toBeGreaterThan(7);
    const strangers = [...statements].flatMap(([table, columns]) =>
      columns.filter((column) => !entities.get(table)?.includes(column)).map((column) => `${table}: ${column}`),
    );
    expect(strangers).toEqual([]);
  });

  it('of API keys: all that the entity has, since all statements about them are made of one table', () => {
    expect([...statements.get('auth_api_key')!].sort()).toEqual([...entities.get('auth_api_key')!].sort());
  });
});
