/** Longer lists are not from a browser or a client. */
const MAX_MEMBERS = 32;

/** A member of a header like `Accept`, as it came, without its parameters. */
export interface Weighted {
  readonly value: string;
  /** 0: not wanted. */
  readonly weight: number;
}

/** The members of a header with quality values (RFC 9110 12.4.2), in their order; those with a weight that is no number are left out. */
export function weightedList(header: string | undefined): Weighted[] {
  return (header ?? '')
    .split(',', MAX_MEMBERS)
    .map((member) => {
      const [value = '', ...parameters] = member.split(';').map((part) => part.trim());
      const weight = parameters.find((one) => /^q=/i.test(one));
      return { value, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ weight }) => weight >= 0);
}
