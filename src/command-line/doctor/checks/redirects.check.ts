import { isLoopbackHost } from '../../../common/loopback-host.js';
import { OAuthClientsService } from '../../../index.js';
import { error, ok, Skipped, type Check } from '../check.js';
import { plural } from '../../output/table.js';
import type { Patient } from '../patient.js';

const PAGE = 500;
const NAMED = 5;

interface Redirects {
  readonly client: string;
  readonly addresses: readonly string[];
}

/** Whether every redirect address is one address: codes must not go where others listen (RFC 9700 2.1). */
export const redirects: Check = {
  id: 'redirects',
  async look(patient) {
    if (!patient.has('oauthProvider')) throw new Skipped('oauthProvider is off.');
    const bad: string[] = [];
    let clients = 0;
    for await (const { client, addresses } of redirectsOf(patient)) {
      clients++;
      bad.push(...addresses.filter(isLoose).map((address) => `${client} (${address})`));
    }
    if (bad.length === 0) return ok(`${plural(clients, 'client')}, sent back to exact addresses only.`);
    const rest = bad.length > NAMED ? ` and ${bad.length - NAMED} more` : '';
    return error(
      `Redirect addresses that somebody else may answer: ${bad.slice(0, NAMED).join(', ')}${rest}.`,
      'Register each address in full, by https. npx nest-authority client disable <client-id> stops a client until then.',
    );
  },
};

async function* redirectsOf(patient: Patient): AsyncGenerator<Redirects> {
  const service = (await patient.services()).get(OAuthClientsService, { strict: false });
  for (let offset = 0, total = 1; offset < total; offset += PAGE) {
    const page = await service.list({ limit: PAGE, offset });
    total = page.total;
    for (const { client_id: client, redirectURLs: addresses } of page.clients) yield { client, addresses };
  }
}

/** A pattern, or a way on which others can read along. */
function isLoose(address: string): boolean {
  if (/\*|%2a/i.test(address) || !URL.canParse(address)) return true;
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !isLoopbackHost(hostname);
}
