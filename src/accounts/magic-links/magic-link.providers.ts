import type { Provider, Type } from '@nestjs/common';
import { LinkAddresses } from './link-addresses.js';
import { LinkPageController } from './link-page.controller.js';
import { LinkReplies } from './link-replies.js';
import { MagicLinkController } from './magic-link.controller.js';
import { MagicLinks } from './magic-links.js';

export const magicLinkProviders: Provider[] = [LinkAddresses, MagicLinks, LinkReplies];
export const magicLinkControllers: Type[] = [MagicLinkController, LinkPageController];
