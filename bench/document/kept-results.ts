import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { workloadOf, workloadsOf, type Cell, type Result } from '../cell.js';

/** Raw figures of runs, one line for each cell: bench/results. */
export const RESULTS_FOLDER = 'bench/results';

/**
 * A run of `npm run bench`, or of the harness in which the peers are measured: docs/performance.md describes both. `bound`: a run of those with
 * tokens that are bound to a key, and of what they are compared with, so that they take turns with it.
 */
type Source = 'project' | 'peers' | 'bound';

interface HarnessResult {
  readonly started: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly conns: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly cells: Readonly<Record<string, HarnessCell>>;
}

interface HarnessCell {
  /** Of a cell that could not be measured. */
  readonly error?: string;
  /** Wrong replies. */
  readonly bad: number;
  readonly cpu: number;
  readonly pgCpu: number;
  /** Statements as sent. */
  readonly top: number;
  readonly wal: number;
  readonly rps: number;
}

/** The kept result of a source on a version of Node, if there is one. */
export function keptResult(source: Source, nodeMajor: number): Result | undefined {
  const name = `${source}-node-${nodeMajor}.json`;
  if (!readdirSync(RESULTS_FOLDER).includes(name)) return undefined;
  return JSON.parse(readFileSync(join(RESULTS_FOLDER, name), 'utf8')) as Result;
}

/**
 * Keeps the figures of a run. A run of some workloads only replaces those: each workload stays one interleaved run.
 * @param file what `npm run bench` or the harness has written
 * @returns the name of the file in which they are kept
 * @throws Error when what is kept was run under other conditions
 */
export function keepResult(file: string): string {
  const parsed = JSON.parse(readFileSync(file, 'utf8')) as Result | HarnessResult;
  const result = 'conns' in parsed ? fromHarness(parsed) : parsed;
  const source = sourceOf(parsed, workloadsOf(result.cells));
  const major = Number(/\d+/.exec(result.node)![0]);
  const earlier = keptResult(source, major);
  if (earlier && conditionsOf(earlier) !== conditionsOf(result))
    throw new Error(
      `${file}: it was run otherwise than what is kept. Delete bench/results/${source}-node-${major}.json.`,
    );
  const replaced = new Set(workloadsOf(result.cells));
  const kept = Object.entries(earlier?.cells ?? {}).filter(([name]) => !replaced.has(workloadOf(name)));
  const path = join(RESULTS_FOLDER, `${source}-node-${major}.json`);
  writeFileSync(path, render({ ...result, cells: { ...Object.fromEntries(kept), ...result.cells } }));
  return basename(path);
}

/** What all cells of a kept result have in common. */
function conditionsOf({ node, processor, cores, connections, rounds, secondsOfWindow }: Result): string {
  return JSON.stringify([node, processor, cores, connections, rounds, secondsOfWindow]);
}

/** Cells with errors or wrong replies have no figures. */
function sourceOf(parsed: Result | HarnessResult, workloads: readonly string[]): Source {
  if ('conns' in parsed) return 'peers';
  return workloads.includes('W2dpop') && !workloads.includes('W1') ? 'bound' : 'project';
}

function fromHarness(run: HarnessResult): Result {
  const good = Object.entries(run.cells).filter(([, { error, bad }]) => error === undefined && bad === 0);
  return {
    started: run.started,
    node: run.node,
    processor: run.cpu,
    cores: run.cores,
    connections: run.conns,
    rounds: run.rounds,
    secondsOfWindow: run.seconds,
    cells: Object.fromEntries(good.map(([name, cell]) => [name, toCell(cell)])),
  };
}

function toCell({ cpu, pgCpu, top, wal, rps }: HarnessCell): Cell {
  return {
    serverMicroseconds: rounded(cpu, 1),
    postgresMicroseconds: rounded(pgCpu, 1),
    statements: rounded(top, 4),
    walBytes: rounded(wal, 1),
    perSecond: rounded(rps, 1),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function render({ cells, ...run }: Result): string {
  const head = Object.entries(run).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`);
  const lines = Object.entries(cells).map(([name, cell]) => `    ${JSON.stringify(name)}: ${JSON.stringify(cell)}`);
  return `{\n${head.join('')}  "cells": {\n${lines.join(',\n')}\n  }\n}\n`;
}
