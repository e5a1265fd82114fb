import { hash } from 'node:crypto';
import { html } from '../../html.js';
import { errorPage } from './error-page.js';
import { page } from './page.js';
import { PAGE_STYLE } from './page.style.js';

const policyOf = (formActions: string[], frameSources?: string[]) =>
  page({ title: 'T', body: html``, formActions, frameSources }).headers['Content-Security-Policy']!;

describe('T067 pages', () => {
  it('escape the title', () => {
    const { body } = page({ title: '</title><script>', body: html`<p>x</p>` });
    expect(body).not.toContain('<script');
    expect(body).toContain('&lt;/title&gt;&lt;script&gt;');
  });

  it('name the one style sheet by its digest', () => {
    const reply = page({ title: 'T', body: html`` });
    expect(reply.body).toContain(`<style>${PAGE_STYLE}</style>`);
    expect(reply.headers['Content-Security-Policy']).toContain(`'sha256-${hash('sha256', PAGE_STYLE, 'base64')}'`);
  });

  it.each<[string, string]>([
    ['https://client.example/cb?x=1', 'https://client.example'],
    ['http://127.0.0.1:8080/cb', 'http://127.0.0.1:8080'],
    ['https://b\u00fccher.example/', 'https://xn--bcher-kva.example'],
    ['com.example.app:/cb', 'com.example.app:'],
    ['http://[::1]:9000/cb', 'http:'],
    ['https://a;sandbox/cb', 'https:'],
  ])('name %s as %s in form-action', (address, source) => {
    expect(policyOf([address, address])).toContain(`form-action 'self' ${source};`);
  });

  it('have frames only where they are asked for', () => {
    expect(policyOf([])).not.toContain('frame-src');
    expect(policyOf([], ['https://client.example/out'])).toMatch(/; frame-src https:\/\/client\.example$/);
  });

  it('go on by themselves only where they are told to', () => {
    const { body } = page({ title: 'T', body: html``, continueTo: '/x?a=1&b="' });
    expect(body).toContain('<meta http-equiv="refresh" content="0;url=/x?a=1&amp;b=&quot;" />');
  });

  it('of errors show message and code as text', () => {
    const reply = errorPage({ status: 400, message: '<b>no</b>', code: 'invalid_request' });
    expect(reply.status).toBe(400);
    expect(reply.body).toMatch(/id="error"[^>]*>&lt;b&gt;no&lt;\/b&gt; <code>\(invalid_request\)<\/code>/);
  });
});
