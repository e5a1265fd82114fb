import { mainOf, Visitor } from '../support/account-pages.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { delegate, keyAndDelegated, LESS } from '../support/delegated-keys.js';
import { expectPage, textOf } from '../support/pages.js';

const KEYS = '/account/api-keys';
const KEY = `${KEYS}/key`;

describe.each(['express', 'fastify'] as const)('pages of keys for agents on %s', (adapter) => {
  let host: KeyApp;
  beforeAll(async () => {
    host = await createKeyApp({ delegation: { maxDepth: 2 } }, { adapter });
  });
  afterAll(() => host.close());

  it('303 the form makes a key for an agent, and the list says so', async () => {
    const ada = await Visitor.come(host);
    const form = await ada.open(`${KEYS}/new`);
    expectPage(form);
    const made = await ada.submit(form, `${KEYS}/new`, { name: 'Trips', agent: ' Travel assistant ' });
    const key = textOf(made, 'secret')!;
    expect((await host.use(key, 'either')).body.actor.subjectId).toMatch(/^agent:own:/);
    const list = await ada.open(KEYS);
    expectPage(list);
    expect(mainOf(list)).toContain('<bdi>Travel assistant</bdi>');
    const plain = await ada.submit(await ada.open(`${KEYS}/new`), `${KEYS}/new`, { name: 'Mine', agent: '' });
    expect((await host.use(textOf(plain, 'secret')!, 'either')).body.actor).toBeNull();
  });

  it('400 a name of an agent that cannot be shown: at its field, and what was entered stays', async () => {
    const ada = await Visitor.come(host);
    const sent = await ada.send(await ada.open(`${KEYS}/new`), `${KEYS}/new`, { name: 'Trips', agent: 'a\u202Eb' });
    expectPage(sent, 400);
    expect(textOf(sent, 'agent-fault')).toBe(
      'This name of an agent cannot be shown, or is too long. Enter another one.',
    );
    expect((await host.keys.list({ owner: { kind: 'user', id: ada.user.id } })).total).toBe(0);
  });

  it('200 delegated keys are on the page of their key, and ended there one by one', async () => {
    const ada = await Visitor.come(host);
    const { parent, child } = await keyAndDelegated(host, ada.user, { ...LESS, agent: { name: '<Helper>' } });
    const { body: below } = await delegate(host, child.key, { ...LESS, agent: { name: 'Below' } });
    const list = await ada.open(KEYS);
    expect(mainOf(list)).toContain(parent.start);
    expect(mainOf(list)).not.toContain('Helper');
    const page = await ada.open(`${KEY}?id=${parent.id}`);
    expectPage(page);
    expect(mainOf(page)).toContain('&lt;Helper&gt;');
    expect(mainOf(page)).not.toContain('Below');
    expect(mainOf(page)).toContain(`href="/api/auth${KEY}?id=${child.id}"`);
    const one = await ada.open(`${KEY}?id=${child.id}`);
    expectPage(one);
    expect(textOf(one, 'origin')).toBe('Open the key that it was made from');
    expect(mainOf(one)).toContain('Below');
    expect(one.text).not.toContain(`${KEYS}/rotate"`);
    expect(one.text).not.toContain(`${KEYS}/enable"`);
    await ada.submit(await ada.open(`${KEYS}/delete?id=${child.id}`), `${KEYS}/delete`);
    for (const { key } of [child, below]) expect((await host.use(key)).status).toBe(401);
    expect((await host.use(parent.key)).status).toBe(200);
    expect(mainOf(await ada.open(`${KEY}?id=${parent.id}`))).not.toContain('Helper');
  });
});
