const MAX_CHARACTERS = 16_384;

/** A function of the host made no token. */
export class Unavailable extends Error {
  /** @param failure public, a code of ours */
  constructor(readonly failure: string) {
    super(failure);
  }
}

/**
 * The token that a function of the host makes. It may hang or fail; its error may contain a secret and is dropped.
 * @throws Unavailable
 */
export async function madeInTime(
  make: () => Promise<string>,
  timeoutMilliseconds: number,
  failure: string,
): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, failed) => {
    timer = setTimeout(() => failed(new Unavailable(failure)), timeoutMilliseconds);
  });
  try {
    const token = await Promise.race([make(), late]);
    if (typeof token === 'string' && token !== '' && token.length <= MAX_CHARACTERS) return token;
    throw new Unavailable(failure);
  } catch {
    throw new Unavailable(failure);
  } finally {
    clearTimeout(timer);
  }
}
