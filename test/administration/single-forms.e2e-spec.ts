import { HttpReply } from '../../src/common/http/request/reply.js';
import { SingleForms } from '../../src/common/http/areas/single-forms.js';
import { AuthError } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';

describe('F35 a form that makes something', () => {
  let host: TestApp;
  let forms: SingleForms;
  let made: number;
  beforeAll(async () => {
    host = await createTestApp();
    forms = host.app.get(SingleForms, { strict: false });
  });
  beforeEach(() => {
    made = 0;
  });
  afterAll(() => host.close());

  const make = async () => new HttpReply(`made ${++made}`);
  const sentBefore = () => new HttpReply('sent before');
  const send = async (form: string, work = make, subjectId = 'user-1') =>
    (await forms.once({ form, subjectId }, work, sentBefore)).body;

  it('makes one thing for two clicks, and both get the reply that shows it', async () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const waiting = async () => {
      await opened;
      return make();
    };
    const both = [send('double', waiting), send('double', waiting)];
    open();
    expect(await Promise.all(both)).toEqual(['made 1', 'made 1']);
    expect(await send('double')).toBe('sent before');
  });

  it('is another one for another user, and on another showing', async () => {
    expect([await send('one'), await send('one', make, 'user-2'), await send('two')]).toEqual([
      'made 1',
      'made 2',
      'made 3',
    ]);
  });

  it('may be sent again when it has failed', async () => {
    const refuse = async () => {
      throw AuthError.badRequest('NOT_THIS_ONE', 'Not this one');
    };
    for (let time = 0; time < 2; time++)
      await expect(send('failing', refuse)).rejects.toMatchObject({ code: 'NOT_THIS_ONE' });
    expect(await send('failing')).toBe('made 1');
    expect(await send('failing', refuse)).toBe('sent before');
  });
});
