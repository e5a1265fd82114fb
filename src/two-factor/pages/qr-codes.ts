import { Injectable, Logger } from '@nestjs/common';
import { html, type Html } from '../../common/html.js';
import { text } from '../../common/texts/text.js';

/** Light modules around the code, as readers need them (ISO/IEC 18004 6.3.8). */
const QUIET = 4;

/** Pictures that the camera of a phone reads: addresses of authenticator apps are long. Drawn by `uqr`, where it is installed. */
@Injectable()
export class QrCodes {
  private readonly logger = new Logger('AuthTwoFactor');
  private encode: typeof import('uqr').encode | undefined;

  async load(): Promise<void> {
    try {
      ({ encode: this.encode } = await import('uqr'));
    } catch (error) {
      if (!/^(ERR_)?MODULE_NOT_FOUND$/.test(String(Reflect.get(Object(error), 'code')))) throw error;
      this.logger.warn(
        'The pages that set an authenticator app up show a key to type, and no picture to scan: the package uqr is not installed. Run npm install uqr.',
      );
    }
  }

  /** @returns null where `uqr` is not installed */
  of(content: string): Html | null {
    if (!this.encode) return null;
    const { data, size } = this.encode(content, { border: QUIET });
    // One path: a run of dark modules is a line of its height.
    const rows = data.map((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')).join(''));
    return html`<svg id="qr" class="qr" role="img" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">
      <title>${text('factor.picture')}</title>
      <rect width="${size}" height="${size}" fill="#fff" />
      <path d="${rows.join('')}" fill="#000" />
    </svg>`;
  }
}
