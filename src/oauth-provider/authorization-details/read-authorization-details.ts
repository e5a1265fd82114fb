import { AuthError } from '../../common/errors/auth-error.js';
import { checkJson } from '../../common/http/request/request-body.js';
import { canonical, isSameValue, type AuthorizationDetail } from '../../common/principal/authorization-detail.js';
import type { AuthorizationDetailTypes, StandardSchema } from '../authorization-detail.options.js';
import { detailTypesOf } from '../clients/metadata/client-detail-types.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';

const MAX_BYTES = 8_192;
const MAX_OBJECTS = 20;
const MAX_DEPTH = 5;
/** RFC 9396 2.2: members that mean the same in every type. */
const LISTS = ['locations', 'actions', 'datatypes', 'privileges'];

/**
 * The parameter `authorization_details` (RFC 9396 2, 5), in one spelling and without repeats; nothing for a request without it.
 * @throws AuthError 400 `invalid_authorization_details`
 */
export async function readAuthorizationDetails(
  text: string | undefined,
  client: RegisteredClient,
  types: AuthorizationDetailTypes,
): Promise<readonly AuthorizationDetail[]> {
  if (text === undefined) return [];
  const objects = parse(text);
  const allowed = detailTypesOf(client, types);
  const details: AuthorizationDetail[] = [];
  for (const object of objects) {
    const { type } = object;
    const known = typeof type === 'string' && allowed.has(type) ? types.get(type) : undefined;
    if (!known) throw invalidDetails('A type is missing, unknown or not for this client');
    requireCommonMembers(object);
    const { type: _type, ...members } = object;
    await requireValid(members, known.schema);
    const detail = canonical(object) as AuthorizationDetail;
    if (!details.some((one) => isSameValue(one, detail))) details.push(detail);
  }
  return details;
}

export function invalidDetails(description: string, detail?: string): AuthError {
  return AuthError.oauth('invalid_authorization_details', description, detail);
}

function parse(text: string): Readonly<Record<string, unknown>>[] {
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw invalidDetails(`authorization_details is longer than ${MAX_BYTES} bytes`);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw invalidDetails('authorization_details is no JSON');
  }
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_OBJECTS)
    throw invalidDetails(`authorization_details is no list of 1 to ${MAX_OBJECTS} objects`);
  return list.map((one: unknown) => {
    if (depthOf(one) > MAX_DEPTH) throw invalidDetails(`An object is nested deeper than ${MAX_DEPTH} levels`);
    try {
      return checkJson(one);
    } catch (error) {
      throw invalidDetails('An element is no object, or has names or characters that are not allowed', String(error));
    }
  });
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function requireCommonMembers(object: Readonly<Record<string, unknown>>): void {
  for (const name of LISTS) {
    const list = object[name];
    if (list !== undefined && !(Array.isArray(list) && list.every((one) => typeof one === 'string')))
      throw invalidDetails(`${name} is no list of texts`);
  }
  const { identifier } = object;
  if (identifier !== undefined && typeof identifier !== 'string') throw invalidDetails('identifier is no text');
}

/** A schema that drops what it does not know, or corrects what is wrong, would let a client ask for what nobody has looked at (RFC 9396 5). */
async function requireValid(members: Readonly<Record<string, unknown>>, schema: StandardSchema): Promise<void> {
  const result = (await schema['~standard'].validate(structuredClone(members))) as {
    readonly value?: unknown;
    readonly issues?: readonly { readonly message?: string }[];
  };
  if (result.issues) throw invalidDetails('An object is not of the form of its type', result.issues[0]?.message);
  if (!isSameValue(result.value, members)) throw invalidDetails('An object has members that its type does not know');
}
