import type { Page } from 'playwright-core';
import type { PageRow } from './page-visit.js';

const create = async (page: Page) => {
  await page.fill('#name', 'A new key');
  await page.click('#create');
};

/** API keys. */
export const API_KEY_ROWS: readonly PageRow[] = [
  { name: 'API keys', as: 'owner', path: 'account/api-keys' },
  { name: 'no API keys', as: 'newcomer', path: 'account/api-keys' },
  { name: 'new API key', as: 'owner', path: 'account/api-keys/new' },
  { name: 'API key shown once', as: 'throwaway', path: 'account/api-keys/new', then: create },
  { name: 'API key', as: 'owner', path: ({ keyId }) => `account/api-keys/key?id=${keyId}` },
  { name: 'delete API key', as: 'owner', path: ({ keyId }) => `account/api-keys/delete?id=${keyId}` },
  { name: 'API key that is not there', as: 'owner', path: 'account/api-keys/key?id=nothing', status: 404 },
];
