import { Injectable } from '@nestjs/common';
import { AuthError } from '../../../common/errors/auth-error.js';
import { parseBody } from '../../../common/http/request/request-body.js';
import { GuardedFetch } from '../../../common/outbound/guarded-fetch.js';
import { OutboundFault } from '../../../common/outbound/outbound-fault.js';
import { DocumentLimits } from './document-limits.js';

/** CIMD 8.7: counted, whatever the headers say. */
const MAX_BYTES = 5_120;
const TIMEOUT_MILLISECONDS = 2_000;
/** CIMD 5. */
const JSON_TYPE = /^application\/(?:json|[a-z0-9!#$&^_.-]+\+json)$/;

export interface FetchedDocument {
  readonly document: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** A document cannot be read. The message is for the log. */
export class DocumentFault extends Error {
  override readonly name = 'DocumentFault';
}

/** Gets documents from the addresses that are their client ids, through the guarded fetch (CIMD 5, 8.6). */
@Injectable()
export class DocumentFetch {
  constructor(
    private readonly outbound: GuardedFetch,
    private readonly limits: DocumentLimits,
  ) {}

  /** @throws DocumentFault; AuthError 429 */
  async get(clientId: string): Promise<FetchedDocument> {
    const response = await this.limits.run(clientId, () => this.fetch(clientId));
    // Neither another success nor a redirect: what is elsewhere is another client's.
    if (response.status !== 200) throw new DocumentFault(`its host answered ${response.status}`);
    const type = response.headers.get('content-type')?.split(';', 1)[0]!.trim().toLowerCase() ?? '';
    if (!JSON_TYPE.test(type)) throw new DocumentFault('its type is not application/json');
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.length === 0) throw new DocumentFault('it is empty');
    return { document: parse(bytes), headers: response.headers };
  }

  private async fetch(clientId: string): Promise<Response> {
    try {
      return await this.outbound.fetch(clientId, {
        headers: { accept: 'application/json' },
        maxBytes: MAX_BYTES,
        timeoutMilliseconds: TIMEOUT_MILLISECONDS,
      });
    } catch (error) {
      if (error instanceof OutboundFault) throw new DocumentFault(`${error.reason}: ${error.message}`);
      throw error;
    }
  }
}

function parse(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return parseBody('json', bytes) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof AuthError) throw new DocumentFault('it is no JSON object');
    throw error;
  }
}
