import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
export type JsonSchema = Record<string, unknown>;
type Definitions = Readonly<Record<string, JsonSchema>>;

const DEFINITION = /^#\/\$defs\/(.*)$/;

/**
 * Turns the schemas that parse into those of the document (JSON Schema 2020-12, OpenAPI 3.1). A schema with an id becomes a component, once,
 * and only when an operation has it.
 */
export class OwnSchemas {
  readonly components: Record<string, JsonSchema> = {};
  private readonly names = new Map<string, string>();

  /** @param taken names of the host's schemas, which keep them: one of ours with such a name gets a number */
  constructor(private readonly taken: ReadonlySet<string>) {}

  /** @param io `input`: what may be sent; `output`: what is answered */
  convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _schema, $defs = {}, ...root } = jsonSchemaOf(schema, io);
    return this.settled(root, $defs as Definitions);
  }

  /** The same, but the schema itself is no component: for a query, whose members are parameters. */
  members(schema: z.ZodType): JsonSchema {
    const { $schema: _schema, $defs = {}, ...root } = jsonSchemaOf(schema, 'input');
    const { $ref } = root;
    if (typeof $ref !== 'string') return this.settled(root, $defs as Definitions);
    const { [DEFINITION.exec($ref)![1]!]: whole = {}, ...others } = $defs as Definitions;
    return this.settled(whole, others);
  }

  private settled(root: JsonSchema, definitions: Definitions): JsonSchema {
    const named = new Map(
      Object.entries(definitions).map(([name, definition]) => [name, this.nameFor(name, definition)]),
    );
    const finished = (value: JsonSchema) => pointed(tidied(value), named) as JsonSchema;
    for (const [name, definition] of Object.entries(definitions))
      this.components[named.get(name)!] = finished(definition);
    return finished(root);
  }

  /** The schemas of the document, the host's first. */
  addedTo(schemas: Schemas = {}): Schemas {
    return { ...schemas, ...(this.components as Schemas) };
  }

  /** What a schema is as input may differ from what it is as output: then there are two components. */
  private nameFor(name: string, definition: JsonSchema): string {
    const key = `${name} ${JSON.stringify(definition)}`;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    let free = name;
    for (let number = 2; this.taken.has(free) || free in this.components; number++) free = `${name}${number}`;
    this.names.set(key, free);
    this.components[free] = {};
    return free;
  }
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' }) as JsonSchema;
}

/** Points references at the components. */
function pointed(value: unknown, named: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => pointed(one, named));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name = key === '$ref' && typeof member === 'string' ? DEFINITION.exec(member)?.[1] : undefined;
      return [
        key,
        name === undefined ? pointed(member, named) : `#/components/schemas/${named.get(decodeURIComponent(name))}`,
      ];
    }),
  );
}

/** What JSON Schema can say more plainly than zod does. */
function tidied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidied);
  if (typeof value !== 'object' || value === null) return value;
  const { example, ...rest } = value as JsonSchema;
  const node = Object.fromEntries(Object.entries(rest).map(([key, member]) => [key, tidiedMember(key, member)]));
  // `example` of a schema is of OpenAPI 3.0.
  if (example !== undefined) node['examples'] = [example];
  // Answers get new members in minor versions; a client that refused them would break.
  if (node['additionalProperties'] === false) delete node['additionalProperties'];
  // The format says it, and better than 300 characters of pattern.
  if (typeof node['format'] === 'string') delete node['pattern'];
  // A query holds texts; the document says what they must be.
  if (node['type'] === 'integer' || node['type'] === 'boolean') delete node['pattern'];
  // The bounds of safe integers, and that names are texts, go without saying.
  if (node['minimum'] === Number.MIN_SAFE_INTEGER) delete node['minimum'];
  if (node['maximum'] === Number.MAX_SAFE_INTEGER) delete node['maximum'];
  delete node['propertyNames'];
  return nullable(node);
}

/** The keys of `properties` are names, not keywords, and examples are values. */
function tidiedMember(key: string, member: unknown): unknown {
  if (key === 'examples' || key === 'default' || key === 'const' || key === 'enum') return member;
  if (key !== 'properties') return tidied(member);
  return Object.fromEntries(Object.entries(member as object).map(([name, schema]) => [name, tidied(schema)]));
}

/** `anyOf: [X, null]`: a list of types where X has one. */
function nullable(node: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = node;
  if (!Array.isArray(anyOf) || anyOf.length !== 2 || (anyOf[1] as JsonSchema)['type'] !== 'null') return node;
  const { type, enum: values, ...first } = anyOf[0] as JsonSchema;
  if (typeof type !== 'string' || 'const' in first) return node;
  return { ...first, ...rest, type: [type, 'null'], ...(Array.isArray(values) && { enum: [...values, null] }) };
}
