/** What `nest add nest-authority` takes; schematics/nest-add/schema.json describes it. */
export interface NestAddOptions {
  readonly sourceRoot?: string;
  readonly capabilities?: string;
  readonly skipDataSource?: boolean;
  readonly skipSwagger?: boolean;
  readonly skipExample?: boolean;
  readonly skipInstall?: boolean;
}

const ALWAYS = ['accounts', 'bearer'];
/** Those that need no option of their own to start with; accountLinking needs providers. */
const FURTHER = ['apiKeys', 'jwt', 'oauthProvider', 'device', 'clientCredentials'];

/** The names for `capabilities`, with what they need. @throws Error naming those there are */
export function readCapabilities(text = ''): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !ALWAYS.includes(name) && !FURTHER.includes(name));
  if (unknown !== undefined)
    throw new Error(`--capabilities: "${unknown}" is not one of ${FURTHER.join(', ')}. Nothing was changed.`);
  const wanted = new Set([...names, ...(names.includes('oauthProvider') ? ['jwt'] : [])]);
  return [...ALWAYS, ...FURTHER.filter((name) => wanted.has(name))];
}
