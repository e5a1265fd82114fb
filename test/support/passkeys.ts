import type { Answer } from './http.js';
import { Authenticator, type CeremonyChange } from './authenticator.js';
import { Browser } from './browser.js';
import { TEST_PASSWORD } from './users.js';

let people = 0;

/** Somebody at a browser with passkeys: keeps cookies, and goes through ceremonies as a script would. */
export class PasskeyPerson {
  readonly browser = new Browser();
  email = `passkey-${Date.now()}-${++people}@example.com`;
  userId = '';

  constructor(private readonly url: string) {}

  /** POST with a body, else GET. @param path below `/api/auth/` */
  async call(path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await this.browser.fetch(`${this.url}/api/auth/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, text, origin: this.url };
    return { ...answer, body: /^([{[]|null$)/.test(text) ? JSON.parse(text) : undefined };
  }

  async signUp(): Promise<this> {
    const answer = await this.call('sign-up/email', { email: this.email, password: TEST_PASSWORD, name: 'Ada' });
    if (answer.status !== 200) throw new Error(`sign-up failed: ${answer.status} ${answer.text}`);
    this.userId = answer.body.user.id as string;
    return this;
  }

  async signIn(): Promise<Answer> {
    return this.call('sign-in/email', { email: this.email, password: TEST_PASSWORD });
  }

  async creationOptions(query = '') {
    return (await this.call(`passkey/generate-register-options${query}`)).body;
  }

  async requestOptions() {
    return (await this.call('passkey/generate-authenticate-options')).body;
  }

  async add(authenticator = new Authenticator(), change: CeremonyChange = {}, name?: string): Promise<Answer> {
    const response = authenticator.create(await this.creationOptions(), change);
    return this.call('passkey/verify-registration', { response, ...(name !== undefined && { name }) });
  }

  /** A user with a passkey. */
  async withPasskey(change: CeremonyChange = {}): Promise<Authenticator> {
    const authenticator = new Authenticator();
    const answer = await this.add(authenticator, change);
    if (answer.status !== 200) throw new Error(`no passkey: ${answer.status} ${answer.text}`);
    return authenticator;
  }

  async use(authenticator: Authenticator, change: CeremonyChange = {}): Promise<Answer> {
    return this.verify(authenticator.get(await this.requestOptions(), change));
  }

  verify(response: object): Promise<Answer> {
    return this.call('passkey/verify-authentication', { response });
  }

  async session(): Promise<any> {
    return (await this.call('get-session')).body;
  }

  forgetCookies(): void {
    this.browser.cookies.clear();
  }
}
