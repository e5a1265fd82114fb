/** Schemes that belong to something other than one application, or that run the text after the colon. */
const FOREIGN = new Set(
  `http https ws wss ftp ftps sftp file data blob filesystem javascript vbscript livescript about view-source jar intent content
   android-app resource res chrome edge opera brave moz-extension mailto tel sms callto sip sips facetime geo maps news nntp irc ircs ssh
   telnet gopher ldap ldaps smb nfs cid mid urn tag ms-settings ms-officecmd search-ms shell mhtml mk hcp x-apple-helpbasic applescript
   feed magnet market itms-apps itms-services`.split(/\s+/),
);
const SCHEME = /^[a-z][a-z0-9+.-]*$/;

/** @throws Error with option and remedy; stops the boot */
export function requireRedirectSchemes(given: readonly string[]): ReadonlySet<string> {
  const remedy = `Give schemes of applications as they stand before the colon, e.g. ['cursor', 'vscode'].`;
  for (const scheme of given) {
    const isScheme = SCHEME.test(scheme);
    if (isScheme && !FOREIGN.has(scheme)) continue;
    const fault = isScheme ? 'is not the scheme of an application' : 'is not a scheme (RFC 3986 3.1, in lower case)';
    throw new Error(`oauthProvider.redirectSchemes: ${JSON.stringify(scheme)} ${fault}. ${remedy}`);
  }
  return new Set(given);
}
