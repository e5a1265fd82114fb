// Runs the schematic of `nest add` in memory, as a process of its own: the devkit loads it by `require`, which Jest's VM cannot do for an ES module.
// stdin: [{ files: { path: text }, options }]; stdout: [{ files } or { error }], with the messages of each.
import { HostTree } from '@angular-devkit/schematics';
import { SchematicTestRunner, UnitTestTree } from '@angular-devkit/schematics/testing/index.js';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const runner = new SchematicTestRunner('nest-authority', resolve('schematics/collection.json'));
let messages = [];
runner.logger.subscribe(({ message }) => messages.push(message));

const results = [];
for (const { files, options } of JSON.parse(await text(process.stdin))) {
  messages = [];
  const tree = new UnitTestTree(new HostTree());
  for (const [path, content] of Object.entries(files)) tree.create(path, content);
  try {
    const after = await runner.runSchematic('nest-add', { ...options, skipInstall: true }, tree);
    results.push({
      files: Object.fromEntries(after.files.map((path) => [path.slice(1), after.readContent(path)])),
      messages,
    });
  } catch (error) {
    results.push({ error: error.message, messages });
  }
}
process.stdout.write(JSON.stringify(results));
