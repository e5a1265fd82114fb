import { Sweeper } from '../../src/common/sweeper/sweeper.js';
import type { TestApp } from './app.js';

/** Deletes what has expired, as every node does now and then. @returns how many rows of each table */
export const sweep = (host: Pick<TestApp, 'app'>): Promise<Record<string, number>> => host.app.get(Sweeper).sweep();
