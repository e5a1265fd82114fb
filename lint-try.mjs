import { lintFromString, createConfig } from '@redocly/openapi-core';
import spectralCore from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { readFileSync } from 'node:fs';
const text = readFileSync('/tmp/sw-demo/doc.json','utf8');
console.time('redocly');
const config = await createConfig({ extends: ['recommended'] });
const problems = await lintFromString({ source: text, absoluteRef: 'doc.json', config });
console.timeEnd('redocly');
const by={}; for (const p of problems){ (by[p.severity+' '+p.ruleId]??=[]).push(p.message+' @'+p.location?.[0]?.pointer); }
for (const [k,v] of Object.entries(by)) console.log(k,v.length,v.slice(0,4));
console.time('spectral');
const spectral = new spectralCore.Spectral(); spectral.setRuleset({extends:[rulesets.oas]});
const res = await spectral.run(JSON.parse(text));
console.timeEnd('spectral');
const b2={}; for (const p of res){ (b2[p.severity+' '+p.code]??=[]).push(p.message+' @'+p.path.join('/')); }
for (const [k,v] of Object.entries(b2)) console.log(k,v.length,v.slice(0,5));
