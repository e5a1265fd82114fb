import { lookup } from 'node:dns/promises';
import { SigningKeys } from '../../../index.js';
import { DEFAULT_ROUTE_PREFIX } from '../../../common/options/core-options.js';
import { sentenceOf } from '../../output/sentence-of.js';
import { error, ok, Skipped, warning, type Check, type Finding } from '../check.js';
import type { Patient } from '../patient.js';

const ANSWER_MILLISECONDS = 5_000;
const START = 'Start the server and ask again; if it runs, check name, proxy and certificate.';
const MATCH = 'Give the issuer under which this server is reached, and the same options and database to both.';

/** Whether the issuer's address leads to a server with these options and this database. */
export const issuerReach: Check = {
  id: 'issuer-reach',
  async look(patient) {
    const { hostname } = patient.issuer;
    try {
      await lookup(hostname.replace(/^\[(.*)\]$/, '$1'));
    } catch (fault) {
      return error(
        `The name ${hostname} leads nowhere (tried: DNS; ${sentenceOf(fault)}).`,
        'Give it an address in DNS.',
      );
    }
    if (patient.has('oauthProvider')) return ofDiscovery(patient);
    if (patient.has('jwt')) return ofKeySet(patient, keySetOf(patient));
    throw new Skipped('Without jwt and oauthProvider nothing is published by which a server could be recognised.');
  },
};

/** The issuer in the discovery document (OIDC Discovery 4.3), and then the keys. */
async function ofDiscovery(patient: Patient): Promise<Finding> {
  const wanted = patient.options.issuer.replace(/\/$/, '');
  const address = `${wanted}/.well-known/openid-configuration`;
  const { document, finding } = await ask(address);
  if (!document) return finding;
  if (document['issuer'] !== wanted)
    return error(`${address} is of the issuer ${JSON.stringify(document['issuer'])}, not of ${wanted}.`, MATCH);
  return ofKeySet(patient, String(document['jwks_uri']));
}

/** A server on another database publishes other keys. */
async function ofKeySet(patient: Patient, address: string): Promise<Finding> {
  const { document, finding } = await ask(address);
  if (!document) return finding;
  const published = new Set((document['keys'] as { kid?: string }[] | undefined)?.map(({ kid }) => kid));
  const service = (await patient.services()).get(SigningKeys, { strict: false });
  const known = (await service.list()).filter(({ state }) => state === 'current');
  if (known.length === 0) return ok(`${address} answers. This database has no keys to compare.`);
  if (known.some(({ kid }) => published.has(kid))) return ok(`${address} publishes the keys of this database.`);
  return error(`${address} publishes none of the keys of this database: another server answers there.`, MATCH);
}

function keySetOf({ options }: Patient): string {
  return `${options.issuer.replace(/\/$/, '')}${options.routes?.prefix ?? DEFAULT_ROUTE_PREFIX}/jwks`;
}

type Asked =
  | { readonly document: Readonly<Record<string, unknown>>; readonly finding?: never }
  | { readonly document?: never; readonly finding: Finding };

/** The JSON of an answer, or what is wrong with it. */
async function ask(address: string): Promise<Asked> {
  let response: Response;
  try {
    response = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  } catch (fault) {
    const reason = sentenceOf((fault as Error).cause ?? fault);
    return { finding: warning(`Nothing answers (tried: DNS, GET ${address}; ${reason}).`, START) };
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && typeof body === 'object' && body !== null)
    return { document: body as Readonly<Record<string, unknown>> };
  const sentence = `GET ${address} is answered by ${response.status}, and not by this server's document.`;
  return { finding: error(sentence, MATCH) };
}
