/**
 * Writes the tables and the chart of docs/performance.md from the figures in bench/results. Files that are named are taken over first:
 * results of `npm run bench`, and of the harness in which the peers are measured.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { renderChart } from './document/chart.js';
import { keepResult, keptResult } from './document/kept-results.js';
import { insertSections } from './document/sections.js';

const DOCUMENT = 'docs/performance.md';
const CHART = 'docs/performance.svg';

for (const file of process.argv.slice(2)) console.log(`${file} -> ${keepResult(file)}`);
writeFileSync(DOCUMENT, insertSections(readFileSync(DOCUMENT, 'utf8')));
writeFileSync(CHART, renderChart(keptResult('peers', 24)));
