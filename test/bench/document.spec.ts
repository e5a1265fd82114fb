import { readFileSync } from 'node:fs';
import type { Cell, Result } from '../../bench/cell.js';
import { renderChart } from '../../bench/document/chart.js';
import { keptResult } from '../../bench/document/kept-results.js';
import { insertSections, missedWorkloads } from '../../bench/document/sections.js';
import { TARGETS } from '../../bench/document/targets.js';
import { markdownTable } from '../../bench/markdown-table.js';
import { WORKLOADS } from '../../bench/workloads/workloads.js';

const DOCUMENT = readFileSync('docs/performance.md', 'utf8');

describe('docs/performance.md', () => {
  it('shows the figures of bench/results (npm run bench:document writes them)', () => {
    expect(insertSections(DOCUMENT)).toBe(DOCUMENT);
    expect(readFileSync('docs/performance.svg', 'utf8')).toBe(renderChart(keptResult('peers', 24)));
  });

  it('says of every target that was missed why', () => {
    const [, section] = /\n### Missed, and why\n([^]*?)\n## /.exec(DOCUMENT) ?? [];
    expect(missedWorkloads().filter((id) => !new RegExp(`\\b${id}\\b`).test(section!))).toEqual([]);
  });

  it('describes every workload', () => {
    for (const { id } of WORKLOADS) expect(DOCUMENT).toMatch(new RegExp(`^\\| ${id} +\\|`, 'm'));
  });
});

const cell = (serverMicroseconds: number, more: Partial<Cell> = {}): Cell => ({
  serverMicroseconds,
  postgresMicroseconds: 0,
  statements: 0,
  walBytes: 0,
  perSecond: 1,
  ...more,
});

function resultWith(cells: Result['cells']): Result {
  const run = { started: '2030-01-01T00:00:00Z', node: 'v24.1.0', processor: 'one', cores: 2 };
  return { ...run, connections: 16, rounds: 3, secondsOfWindow: 3, cells };
}

describe('a target', () => {
  const judge = (id: string, cells: Result['cells']) =>
    TARGETS.find(({ workload }) => workload === id)!.judge(resultWith(cells));

  it('counts PostgreSQL, and asks it of both adapters', () => {
    const peer = { 'W6 oidc-provider-pg': cell(130, { postgresMicroseconds: 26 }) };
    const cells = { ...peer, 'W6 ours-express': cell(100, { postgresMicroseconds: 20 }), 'W6 ours-fastify': cell(110) };
    expect(judge('W6', cells)).toEqual({ met: true, figures: '1.30 × / 1.42 ×' });
    expect(judge('W6', { ...cells, 'W6 ours-fastify': cell(130) })?.met).toBe(false);
  });

  it('has no verdict where something was not measured', () => {
    const peer = { 'W6 oidc-provider-pg': cell(200) };
    expect(judge('W6', { ...peer, 'W6 ours-express': cell(100) })).toBeUndefined();
    expect(judge('W6', { 'W6 ours-express': cell(100), 'W6 ours-fastify': cell(100) })).toBeUndefined();
  });

  it('of several parts wants all', () => {
    const ours = cell(1000, { statements: 5 });
    const cells = { 'W7 oidc-provider-pg': cell(2000), 'W7 ours-express': ours, 'W7 ours-fastify': ours };
    expect(judge('W7', cells)).toEqual({ met: true, figures: '2.00 × / 2.00 ×; 5.00 statements / 5.00 statements' });
    expect(judge('W7', { ...cells, 'W7 ours-express': cell(1000, { statements: 6 }) })?.met).toBe(false);
  });

  it('is wider for guards on Fastify, whose unguarded route costs less', () => {
    const cells = { 'W0 ours-express': cell(100), 'W0 ours-fastify': cell(100) };
    expect(judge('W2', { ...cells, 'W2 ours-express': cell(115), 'W2 ours-fastify': cell(130) })?.met).toBe(true);
    expect(judge('W2', { ...cells, 'W2 ours-express': cell(116), 'W2 ours-fastify': cell(130) })?.met).toBe(false);
  });
});

describe('the chart', () => {
  it('has a bar for each part of each entry, as long as its share of the dearest', () => {
    const chart = renderChart(
      resultWith({
        'W4 ours-express': cell(50, { postgresMicroseconds: 25 }),
        'W4 oidc-provider-pg': cell(150),
        'W0 ours-express': cell(10),
      }),
    );
    expect(
      [...chart.matchAll(/class="(?:ours|peer)( database)?" x="[^"]*" y="(?!37)\d+" width="([^"]*)"/g)].map(
        ([, , width]) => width,
      ),
    ).toEqual(['73.3', '36.7', '220.0']);
    expect(chart).toContain('W4: client credentials, opaque token');
    expect(chart).not.toContain('W0:');
  });
});

it('a table is as prettier writes it', () => {
  expect(
    markdownTable(
      ['left', 'right'],
      [
        ['', 'µs'],
        ['long', '5'],
      ],
    ),
  ).toBe(['|      |  µs |', '| ---- | --: |', '| long |   5 |'].join('\n'));
});
