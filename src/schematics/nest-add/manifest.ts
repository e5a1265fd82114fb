/** What is read and written of a package.json. */
export interface Manifest {
  readonly name?: string;
  readonly type?: string;
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly [member: string]: unknown;
}

/** What is to be in a package.json; what it has already stays as it is. */
export interface Additions {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  /** Where the command line finds the options; null: in the environment. */
  readonly optionsFile: string | null;
}

/** The text of a package.json with these additions, indented as it was. */
export function extendManifest(text: string, additions: Additions): string {
  const manifest = JSON.parse(text) as Manifest;
  const { dependencies = {}, devDependencies = {} } = manifest;
  const installed = { ...dependencies, ...devDependencies };
  const extended = {
    ...manifest,
    scripts: { ...manifest.scripts, ...lacking(manifest.scripts, additions.scripts) },
    dependencies: sorted({ ...dependencies, ...lacking(installed, additions.dependencies) }),
    devDependencies: sorted({ ...devDependencies, ...lacking(installed, additions.devDependencies) }),
    ...(additions.optionsFile !== null && { 'nest-authority': { options: additions.optionsFile } }),
  };
  const indent = /^[ \t]+/m.exec(text)?.[0] ?? '  ';
  return JSON.stringify(extended, null, indent) + (text.endsWith('\n') ? '\n' : '');
}

const lacking = (there: Readonly<Record<string, string>> = {}, wanted: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(wanted).filter(([name]) => !(name in there)));

const sorted = (record: Record<string, string>) =>
  Object.fromEntries(Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1)));
