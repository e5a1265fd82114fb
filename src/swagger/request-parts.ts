import type { JsonSchema, OwnSchemas } from './own-schemas.js';
import { boundSchema, type Route } from './routes.js';

const PATH_PARAMETER = /\{([^}]+)\}/g;
/** What parameters of our paths are, where the route does not say it. */
const PATH_TEXTS: Readonly<Record<string, string>> = {
  clientId: 'The `client_id`.',
  keyId: 'The id of the API key, not the key itself.',
  providerId: 'The name of the provider, e.g. `google`.',
};

const PROOF = {
  name: 'DPoP',
  in: 'header',
  required: false,
  description: 'A proof of the key that the token is, or is to be, bound to: a JWT of `typ` `dpop+jwt` (RFC 9449 4).',
  schema: { type: 'string' },
};

/** Parameters of path, query and headers. @param path as OpenAPI writes it, e.g. `/admin/api-keys/{keyId}` */
export function parametersOf(path: string, route: Route, schemas: OwnSchemas): object[] {
  const texts = route.description?.parameters ?? {};
  const inPath = [...path.matchAll(PATH_PARAMETER)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: texts[name] ?? PATH_TEXTS[name] ?? `The ${name}.`,
    schema: { type: 'string', minLength: 1 },
  }));
  const inHeaders = route.description?.takesProof ? [PROOF] : [];
  const query = route.description?.query ?? boundSchema(route, 'query');
  if (!query) return [...inPath, ...inHeaders];
  const { properties = {}, required = [] } = schemas.members(query);
  const inQuery = Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) => {
    const { description, ...rest } = schema;
    const isRequired = (required as string[]).includes(name);
    const text = description ?? texts[name];
    return { name, in: 'query', required: isRequired, ...(text !== undefined && { description: text }), schema: rest };
  });
  return [...inPath, ...inQuery, ...inHeaders];
}

/** The body, as the schema that parses it has it. */
export function requestBodyOf(route: Route, schemas: OwnSchemas): object | undefined {
  const { description } = route;
  const body = description?.body ?? boundSchema(route, 'body');
  if (!body || !description) return undefined;
  const schema = schemas.convert(body, 'input');
  const { example } = description;
  const media = { schema, ...(example && { example }) };
  const isOptional = body.safeParse({}).success;
  return {
    required: !isOptional,
    content: {
      // The first is what generated clients and Swagger UI send: JSON, which all of our routes take.
      'application/json': media,
      ...(description.form && { 'application/x-www-form-urlencoded': media }),
    },
  };
}
