import type { OpenAPIObject, SwaggerDocumentOptions } from '@nestjs/swagger';

type Converter = NonNullable<SwaggerDocumentOptions['standardSchemaConverter']>;
type Converted = NonNullable<ReturnType<Converter>>;

interface WithJsonSchema {
  readonly '~standard'?: {
    readonly jsonSchema?: Partial<Record<string, (options: { target: string }) => Record<string, unknown>>>;
  };
}

/** Stands behind the names of our schemas while swagger puts them beside the host's, which may have the same. */
const MARK = '.nest-authority';
const OWN_NAME = /^Auth[A-Z]/;
const REF = '#/components/schemas/';
const TO_COMPONENT = /^#\/components\/schemas\/(.*)$/;

/** Converts schemas as swagger does by itself, and marks the names of ours. @param host the host's own converter, which comes first */
export function markingConverter(host: Converter | undefined): Converter {
  return (schema, context) => {
    const given = host?.(schema, context);
    if (given) return given;
    const made = (schema as WithJsonSchema)['~standard']?.jsonSchema?.[context.schemaType]?.({ target: 'openapi-3.0' });
    if (!made) return undefined;
    const { $defs, definitions = $defs ?? {}, $schema: _schema, ...rest } = made;
    const renamed = (name: string) => (OWN_NAME.test(name) ? name + MARK : name);
    const marked = (value: unknown) => withRefs(value, /^#\/(?:\$defs|definitions)\/(.*)$/, renamed);
    const components = Object.entries(definitions as object).map(([name, definition]) => [
      renamed(name),
      marked(definition),
    ]);
    return { schema: marked(rest), components: Object.fromEntries(components) } as Converted;
  };
}

/** Takes the marks away again: a name that a class of the host's has is the host's, and ours gets a number. */
export function settleNames(document: OpenAPIObject): OpenAPIObject {
  const schemas = document.components?.schemas ?? {};
  const settled = new Map<string, string>();
  const taken = new Set(Object.keys(schemas));
  for (const name of taken) {
    if (!name.endsWith(MARK)) continue;
    const plain = name.slice(0, -MARK.length);
    let free = plain;
    for (let number = 2; taken.has(free); number++) free = `${plain}${number}`;
    settled.set(name, free);
    taken.add(free);
  }
  const named = withRefs(document, TO_COMPONENT, (name) => settled.get(name) ?? name) as OpenAPIObject;
  const entries = Object.entries(named.components?.schemas ?? {});
  return {
    ...named,
    components: {
      ...named.components,
      schemas: Object.fromEntries(entries.map(([name, schema]) => [settled.get(name) ?? name, schema])),
    },
  };
}

/** @param pattern of references to schemas, with their name as its group; they become references to components */
function withRefs(value: unknown, pattern: RegExp, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => withRefs(one, pattern, rename));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name = key === '$ref' && typeof member === 'string' ? pattern.exec(member)?.[1] : undefined;
      return [key, name === undefined ? withRefs(member, pattern, rename) : REF + rename(name)];
    }),
  );
}
