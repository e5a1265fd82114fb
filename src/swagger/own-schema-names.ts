import type { OpenAPIObject, SwaggerDocumentOptions } from '@nestjs/swagger';

type Converter = NonNullable<SwaggerDocumentOptions['standardSchemaConverter']>;
type Converted = NonNullable<ReturnType<Converter>>;

interface WithJsonSchema {
  readonly '~standard'?: {
    readonly jsonSchema?: Partial<Record<string, (options: { target: string }) => Record<string, unknown>>>;
  };
}

/** Suffix of our schema names while swagger collects them, since the host's schemas may have the same names. */
const MARK = '.nest-authority';
const OWN_NAME = /^Auth[A-Z]/;
const REF = '#/components/schemas/';
const TO_COMPONENT = /^#\/components\/schemas\/(.*)$/;

/** Converts schemas as swagger does by default, and marks the names of ours. @param host the host's own converter, which comes first */
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

/** Removes the marks again. When the host has a schema of the same name, it keeps the name and ours gets a number. */
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

/** Renames references to schemas, and points them at components. @param pattern of such a reference; its group is the name */
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
