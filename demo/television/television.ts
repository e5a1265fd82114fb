import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DEMO_CONFIG, type DemoConfig } from '../config.js';

const CLIENT = 'demo-tv';
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const MAX_TELEVISIONS = 1_000;

/** What a television shows: a code that it waits for, or who has signed in, or why neither. */
export type Television =
  | { readonly state: 'waiting'; readonly userCode: string; readonly address: string; readonly seconds: number }
  | { readonly state: 'signed-in'; readonly name: string }
  | { readonly state: 'refused' | 'expired' | 'off' };

interface Waiting {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly address: string;
  readonly endsAt: number;
  seconds: number;
  nextPollAt: number;
}

/**
 * Televisions, one for each browser that plays one: clients of RFC 8628 that know of the server what a real one would, its address. They
 * are kept in memory.
 */
@Injectable()
export class Televisions {
  private readonly known = new Map<string, Waiting | Television>();

  constructor(@Inject(DEMO_CONFIG) private readonly config: DemoConfig) {}

  /** Asks for a code. @returns the id of the television */
  async switchOn(): Promise<string> {
    const id = randomBytes(18).toString('base64url');
    if (this.known.size >= MAX_TELEVISIONS) this.known.delete(this.known.keys().next().value!);
    const answer = await this.post('device_authorization', { client_id: CLIENT, scope: 'openid profile email' });
    const { device_code, user_code, verification_uri_complete, expires_in, interval } = answer;
    const isGiven = typeof device_code === 'string' && typeof user_code === 'string';
    const seconds = Number(interval ?? 5);
    this.known.set(
      id,
      isGiven
        ? {
            deviceCode: device_code,
            userCode: user_code,
            address: String(verification_uri_complete),
            endsAt: Date.now() + Number(expires_in) * 1000,
            seconds,
            nextPollAt: Date.now() + seconds * 1000,
          }
        : { state: 'off' },
    );
    return id;
  }

  /** Polls when it is time to. @returns null for an id that this process does not know */
  async look(id: string): Promise<Television | null> {
    const television = this.known.get(id);
    if (!television || 'state' in television) return television ?? null;
    const after = Date.now() < television.nextPollAt ? null : await this.poll(television);
    if (after) this.known.set(id, after);
    const { userCode, address, seconds } = television;
    return after ?? { state: 'waiting', userCode, address, seconds };
  }

  switchOff(id: string): void {
    this.known.delete(id);
  }

  /** @returns null: go on waiting (RFC 8628 3.5) */
  private async poll(television: Waiting): Promise<Television | null> {
    television.nextPollAt = Date.now() + television.seconds * 1000;
    const { deviceCode, endsAt } = television;
    const answer = await this.post('token', { grant_type: GRANT, device_code: deviceCode, client_id: CLIENT });
    if (typeof answer['access_token'] === 'string') return this.nameOf(answer['access_token']);
    if (answer['error'] === 'slow_down') television.seconds += 5;
    if (answer['error'] === 'access_denied') return { state: 'refused' };
    return answer['error'] === 'expired_token' || Date.now() > endsAt ? { state: 'expired' } : null;
  }

  private async nameOf(accessToken: string): Promise<Television> {
    const headers = { authorization: `Bearer ${accessToken}` };
    const claims = await this.json(fetch(`${this.config.issuer}/api/auth/oauth2/userinfo`, { headers }));
    return { state: 'signed-in', name: String(claims['name'] ?? claims['email'] ?? claims['sub']) };
  }

  private post(endpoint: string, fields: Record<string, string>): Promise<Record<string, unknown>> {
    const address = `${this.config.issuer}/api/auth/oauth2/${endpoint}`;
    return this.json(fetch(address, { method: 'POST', body: new URLSearchParams(fields) }));
  }

  /** Empty where the server does not answer: a television waits and tries again. */
  private async json(answer: Promise<Response>): Promise<Record<string, unknown>> {
    try {
      return (await (await answer).json()) as Record<string, unknown>;
    } catch {
      return {};
    }
  }
}
