import { Sweeper } from '../../src/common/sweeper/sweeper.js';
import type { TestApp } from './app.js';

/** Deletes expired rows, as every node does periodically. @returns how many rows of each table */
export const sweep = (host: Pick<TestApp, 'app'>): Promise<Record<string, number>> => host.app.get(Sweeper).sweep();
